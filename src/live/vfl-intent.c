/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the file of what is to go on after a login, and when that is too old. */
#include "vfl-intent.h"

#include "vf-holder.h"
#include "vf-input.h"
#include "vf-pci-address.h"
#include "vfl-autostart.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define GROUP "intent"
#define DAY ((gint64) 24 * 60 * 60)
#define LIFE (7 * DAY)

static char *
file_name (void)
{
    return g_build_filename (g_get_user_state_dir (), "virtflow", "intent.ini", NULL);
}

VflIntent *
vfl_intent_new (const char *machine, const char *gpu)
{
    VflIntent *intent = g_new0 (VflIntent, 1);

    intent->machine = g_strdup (machine);
    intent->gpu = g_strdup (gpu);
    intent->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
    return intent;
}

void
vfl_intent_free (VflIntent *intent)
{
    g_free (intent->machine);
    g_free (intent->gpu);
    g_ptr_array_unref (intent->inputs);
    g_free (intent);
}

static void
put_inputs (GKeyFile *file, const GPtrArray *inputs)
{
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_add (texts, vf_input_format (inputs->pdata[i]));
    if (texts->len > 0)
        g_key_file_set_string_list (file, GROUP, "inputs", (const char *const *) texts->pdata,
                                    texts->len);
}

gboolean
vfl_intent_keep (const VflIntent *intent, GError **error)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *name = file_name ();
    g_autofree char *folder = g_path_get_dirname (name);

    g_key_file_set_string (file, GROUP, "machine", intent->machine);
    g_key_file_set_string (file, GROUP, "gpu", intent->gpu);
    put_inputs (file, intent->inputs);
    g_key_file_set_uint64 (file, GROUP, "desktop", intent->desktop);
    g_key_file_set_uint64 (file, GROUP, "desktop-start", intent->desktop_start);
    g_key_file_set_int64 (file, GROUP, "made", intent->made);
    g_mkdir_with_parents (folder, 0700);
    if (g_key_file_save_to_file (file, name, error) && vfl_autostart_arrange (error))
        return TRUE;
    vfl_intent_forget ();
    return FALSE;
}

static gboolean
get_gpu (GKeyFile *file, VflIntent *intent)
{
    g_autofree char *text = g_key_file_get_string (file, GROUP, "gpu", NULL);
    VfPciAddress address;

    if (text == NULL || !vf_pci_address_parse (text, &address, NULL))
        return FALSE;
    intent->gpu = g_strdup (vf_pci_address_format (address).text);
    return TRUE;
}

static gboolean
get_inputs (GKeyFile *file, VflIntent *intent)
{
    g_auto (GStrv) texts = g_key_file_get_string_list (file, GROUP, "inputs", NULL, NULL);

    for (char **text = texts; text != NULL && *text != NULL; text++) {
        VfInput *input =
            **text == '/' ? vf_input_new_evdev (*text, NULL) : vf_input_new_usb (*text, NULL);

        if (input == NULL)
            return FALSE;
        g_ptr_array_add (intent->inputs, input);
    }
    return TRUE;
}

static gboolean
get_desktop (GKeyFile *file, VflIntent *intent)
{
    guint64 pid = g_key_file_get_uint64 (file, GROUP, "desktop", NULL);

    intent->desktop = (guint32) pid;
    intent->desktop_start = g_key_file_get_uint64 (file, GROUP, "desktop-start", NULL);
    return pid > 0 && pid <= G_MAXUINT32;
}

static gboolean
parse (GKeyFile *file, VflIntent *intent)
{
    intent->machine = g_key_file_get_string (file, GROUP, "machine", NULL);
    intent->made = g_key_file_get_int64 (file, GROUP, "made", NULL);
    return intent->machine != NULL && g_uuid_string_is_valid (intent->machine)
           && get_gpu (file, intent) && get_inputs (file, intent) && get_desktop (file, intent);
}

/* A clock that was put back a little has not made it worthless. */
static gboolean
counts (const VflIntent *intent, gint64 now)
{
    return intent->made > now - LIFE && intent->made < now + DAY;
}

VflIntent *
vfl_intent_recall (gint64 now)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *name = file_name ();
    g_autoptr (VflIntent) intent = vfl_intent_new (NULL, NULL);

    if (g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, NULL) && parse (file, intent)
        && counts (intent, now))
        return g_steal_pointer (&intent);
    vfl_intent_forget ();
    return NULL;
}

void
vfl_intent_forget (void)
{
    g_autofree char *name = file_name ();

    vfl_autostart_take_back ();
    if (g_unlink (name) < 0 && errno != ENOENT && errno != ENOTDIR)
        g_warning ("%s stays: %s", name, g_strerror (errno));
}

void
vfl_intent_fulfil (const char *machine)
{
    g_autoptr (VflIntent) intent = vfl_intent_recall (g_get_real_time () / G_USEC_PER_SEC);

    if (intent != NULL && strcmp (intent->machine, machine) == 0)
        vfl_intent_forget ();
}

gboolean
vfl_intent_is_early (const VflIntent *intent, const GPtrArray *holders)
{
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        if (holder->pid == intent->desktop && holder->start_time == intent->desktop_start)
            return TRUE;
    }
    return FALSE;
}
