/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls of libkmod and what their failures mean. */
#include "vfm-kmod.h"

#include "vf-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <libkmod.h>
#include <string.h>

static gboolean
is_there (struct kmod_module *module)
{
    int state = kmod_module_get_initstate (module);

    return state == KMOD_MODULE_BUILTIN || state == KMOD_MODULE_LIVE;
}

/* A command of the administrator's configuration is not run with this program's rights. */
static int
refuse_command (struct kmod_module *module, const char *command, void *data)
{
    const char **refused = data;

    *refused = kmod_module_get_name (module);
    return -1;
}

static gboolean
insert (struct kmod_module *module, const char *name, GError **error)
{
    const char *refused = NULL;
    int result = kmod_module_probe_insert_module (module, KMOD_PROBE_APPLY_BLACKLIST, NULL,
                                                  refuse_command, &refused, NULL);

    if (result == 0 && is_there (module))
        return TRUE;
    if (refused != NULL)
        vf_error_set (error, VF_REASON_NO_VFIO_PCI,
                      "The module %s was not loaded: /etc/modprobe.d has a command of its own to "
                      "install %s. Load it by hand ('modprobe %s'), or take that line away.",
                      name, refused, name);
    else if (result == KMOD_PROBE_APPLY_BLACKLIST)
        vf_error_set (error, VF_REASON_NO_VFIO_PCI,
                      "The module %s was not loaded: it is blacklisted. Take the line 'blacklist "
                      "%s' out of /etc/modprobe.d, or load it by hand ('modprobe %s').",
                      name, name, name);
    else
        vf_error_set (error, VF_REASON_NO_VFIO_PCI,
                      "The kernel refused to load the module %s: %s. 'journalctl -k' may say more.",
                      name, result < 0 ? g_strerror (-result) : _ ("it is not there afterwards"));
    return FALSE;
}

static gboolean
load_from (struct kmod_ctx *context, const char *name, GError **error)
{
    struct kmod_list *found = NULL;
    struct kmod_module *module;
    gboolean loaded;
    int result = kmod_module_new_from_lookup (context, name, &found);

    if (result < 0 || found == NULL) {
        vf_error_set (error, VF_REASON_NO_VFIO_PCI,
                      "The running kernel has no module %s. Install the modules package of this "
                      "kernel, or restart into the kernel whose modules are installed.",
                      name);
        return FALSE;
    }
    module = kmod_module_get_module (found);
    loaded = is_there (module) || insert (module, name, error);
    kmod_module_unref (module);
    kmod_module_unref_list (found);
    return loaded;
}

gboolean
vfm_kmod_load (const char *name, gpointer unused, GError **error)
{
    struct kmod_ctx *context = kmod_new (NULL, NULL);
    gboolean loaded;

    if (context == NULL) {
        vf_error_set (error, VF_REASON_INTERNAL, "Cannot read the list of kernel modules.");
        return FALSE;
    }
    loaded = load_from (context, name, error);
    kmod_unref (context);
    return loaded;
}

GStrv
vfm_kmod_find (const char *modalias, gpointer unused)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    struct kmod_ctx *context = kmod_new (NULL, NULL);
    struct kmod_list *found = NULL, *next;

    if (context != NULL && kmod_module_new_from_lookup (context, modalias, &found) >= 0) {
        kmod_list_foreach (next, found)
        {
            struct kmod_module *module = kmod_module_get_module (next);

            g_ptr_array_add (names, g_strdup (kmod_module_get_name (module)));
            kmod_module_unref (module);
        }
        kmod_module_unref_list (found);
    }
    kmod_unref (context);
    g_ptr_array_add (names, NULL);
    return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
vfm_kmod_is_loaded (const char *name, gpointer unused)
{
    struct kmod_ctx *context = kmod_new (NULL, NULL);
    struct kmod_module *module = NULL;
    gboolean loaded = FALSE;

    if (context != NULL && kmod_module_new_from_name (context, name, &module) == 0) {
        loaded = kmod_module_get_initstate (module) == KMOD_MODULE_LIVE;
        kmod_module_unref (module);
    }
    kmod_unref (context);
    return loaded;
}

/* "modprobe nvidia ; modprobe -i nvidia-current-modeset $CMDLINE_OPTS" loads, in the end, the file
 * nvidia-current-modeset, in which is the module nvidia_modeset. NULL for a command of another
 * form. The caller owns the name. */
static char *
file_of_command (const char *command)
{
    static const char last[] = "modprobe -i ", family[] = "nvidia";
    const char *found = g_strrstr (command, last);
    gsize length;

    if (found == NULL || !g_str_has_prefix (found + strlen (last), family))
        return NULL;
    found += strlen (last);
    length = strspn (found, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-");
    return g_strndup (found, length);
}

static struct kmod_module *
look_up (struct kmod_ctx *context, const char *name)
{
    struct kmod_list *found = NULL;
    struct kmod_module *module = NULL;

    if (kmod_module_new_from_lookup (context, name, &found) >= 0 && found != NULL)
        module = kmod_module_get_module (found);
    kmod_module_unref_list (found);
    return module;
}

/* Returns 0, or what libkmod returned. */
static int
reload_from (struct kmod_ctx *context, const char *name)
{
    struct kmod_module *module = look_up (context, name);
    const char *command = module != NULL ? kmod_module_get_install_commands (module) : NULL;
    g_autofree char *file = command != NULL ? file_of_command (command) : NULL;
    int result = -ENOENT;

    if (file != NULL) {
        kmod_module_unref (module);
        module = look_up (context, file);
    }
    if (module != NULL)
        result = kmod_module_probe_insert_module (module, KMOD_PROBE_IGNORE_COMMAND, NULL, NULL,
                                                  NULL, NULL);
    kmod_module_unref (module);
    return result;
}

gboolean
vfm_kmod_reload (const char *name, gpointer unused, GError **error)
{
    struct kmod_ctx *context = kmod_new (NULL, NULL);
    int result = context != NULL ? reload_from (context, name) : -ENOMEM;

    kmod_unref (context);
    if (vfm_kmod_is_loaded (name, NULL))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "The module %s could not be loaded again: %s. Load it by hand ('modprobe %s'), "
                  "then run 'virtflow recover'. 'journalctl -k' may say more.",
                  name, result < 0 ? g_strerror (-result) : _ ("it is not there afterwards"), name);
    return FALSE;
}

/* The first module that needs @module; the caller owns the name. NULL when none does. */
static char *
first_holder (const struct kmod_module *module)
{
    struct kmod_list *holders = kmod_module_get_holders (module);
    struct kmod_module *holder;
    char *name = NULL;

    if (holders != NULL) {
        holder = kmod_module_get_module (holders);
        name = g_strdup (kmod_module_get_name (holder));
        kmod_module_unref (holder);
        kmod_module_unref_list (holders);
    }
    return name;
}

static void
set_unload_error (const struct kmod_module *module, int result, GError **error)
{
    const char *name = kmod_module_get_name (module);
    g_autofree char *holder = first_holder (module);

    if (holder != NULL)
        vf_error_set (error, VF_REASON_MODULE_IN_USE,
                      "The driver cannot be taken away: the module %s uses its module %s. Unload "
                      "that one ('modprobe -r %s'), then try again.",
                      holder, name, holder);
    else if (result == -EAGAIN || result == -EBUSY)
        vf_error_set (error, VF_REASON_MODULE_IN_USE,
                      "The driver cannot be taken away: its module %s is in use, and no program "
                      "was found that has the card open. The kernel itself may show its console "
                      "on the card; 'lsmod' shows how often the module is used.",
                      name);
    else
        vf_error_set (error, VF_REASON_STEP_REJECTED,
                      "The kernel refused to unload the module %s: %s. 'journalctl -k' may say "
                      "more.",
                      name, g_strerror (-result));
}

gboolean
vfm_kmod_unload (const char *name, gpointer unused, GError **error)
{
    struct kmod_ctx *context = kmod_new (NULL, NULL);
    struct kmod_module *module = NULL;
    int result = -ENOMEM;

    if (context == NULL || kmod_module_new_from_name (context, name, &module) != 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Cannot read the list of kernel modules.");
    } else {
        result = kmod_module_remove_module (module, 0);
        if (result != 0)
            set_unload_error (module, result, error);
    }
    kmod_module_unref (module);
    kmod_unref (context);
    return result == 0;
}
