/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls of libkmod and what their failures mean. */
#include "vfm-kmod.h"

#include "vf-error.h"

#include <glib/gi18n-lib.h>
#include <libkmod.h>

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
