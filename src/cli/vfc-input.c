/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from the options --evdev and --usb to devices that are there. */
#include "vfc-input.h"

#include <fcntl.h>

static gboolean
parse_all (GPtrArray *inputs,
           char *const *texts,
           VfInput *(*parse) (const char *text, GError **error),
           GError **error)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        VfInput *input = parse (*texts, error);

        if (input == NULL)
            return FALSE;
        g_ptr_array_add (inputs, input);
    }
    return TRUE;
}

GPtrArray *
vfc_input_parse (char *const *evdev, char *const *usb, GError **error)
{
    g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);

    if (!parse_all (inputs, evdev, vf_input_new_evdev, error)
        || !parse_all (inputs, usb, vf_input_new_usb, error))
        return NULL;
    return g_steal_pointer (&inputs);
}

static void
warn (const GPtrArray *choices, const VfInput *input)
{
    for (guint i = 0; i < choices->len; i++) {
        const VfInputChoice *choice = choices->pdata[i];
        g_autofree char *warning = NULL;

        if (!vf_input_equal (choice->input, input))
            continue;
        warning = vf_input_choice_warning (choice);
        if (warning != NULL)
            vfc_say ("%s: %s", choice->name, warning);
    }
}

gboolean
vfc_input_check (virConnect *connection, const GPtrArray *inputs, GError **error)
{
    g_autoptr (VfSysfs) root = NULL;
    g_autoptr (GPtrArray) choices = NULL;

    if (inputs->len == 0)
        return TRUE;
    root = vf_sysfs_new (open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!vf_input_list_check (connection, root, inputs, error))
        return FALSE;
    choices = vf_input_list (connection, root, error);
    for (guint i = 0; choices != NULL && i < inputs->len; i++)
        warn (choices, inputs->pdata[i]);
    return choices != NULL;
}

void
vfc_input_add_json (JsonBuilder *builder, const GPtrArray *inputs)
{
    json_builder_set_member_name (builder, "inputs");
    json_builder_begin_array (builder);
    for (guint i = 0; i < inputs->len; i++) {
        const VfInput *input = inputs->pdata[i];
        g_autofree char *device = vf_input_format (input);

        json_builder_begin_object (builder);
        vfc_json_text (builder, "kind", vf_input_kind_id (input->kind));
        vfc_json_text (builder, "device", device);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}
