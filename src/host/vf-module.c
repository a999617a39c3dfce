/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is asked of /sys/module and of the lists of modules (depmod(8)). */
#include "vf-module.h"

#include <string.h>

/* modules.dep of a distribution's kernel has half a MiB. */
#define LIST_MAX (16 * 1024 * 1024)

/* A module's own name may be written with either sign in the name of its file. */
static gboolean
has_name (const char *start, const char *name)
{
    gsize length = strlen (name);

    for (gsize i = 0; i < length; i++) {
        if (start[i] != name[i] && !(start[i] == '-' && name[i] == '_'))
            return FALSE;
    }
    return g_str_has_prefix (start + length, ".ko");
}

/* Whether a line of the list begins with the path of that module's file. */
static gboolean
is_in_list (const VfSysfs *root, const char *release, const char *list, const char *name)
{
    g_autofree char *path = g_build_filename ("lib/modules", release, list, NULL);
    g_autofree char *text = NULL;
    gboolean found = FALSE;

    if (vf_sysfs_read_file (root, path, LIST_MAX, &text, NULL) != 0)
        return FALSE;
    for (char *line = text; line != NULL && *line != '\0' && !found;) {
        char *end = strchr (line, '\n');
        gsize length = strcspn (line, ":\n");
        const char *slash = g_strrstr_len (line, (gssize) length, "/");

        found = has_name (slash != NULL ? slash + 1 : line, name);
        line = end != NULL ? end + 1 : NULL;
    }
    return found;
}

VfModuleState
vf_module_read_state (const VfSysfs *root, const char *name)
{
    g_autofree char *folder = g_build_filename ("sys/module", name, NULL);
    char release[VF_SYSFS_NAME_MAX];

    if (vf_sysfs_read (root, "proc/sys/kernel/osrelease", release, sizeof release) != 0)
        return vf_sysfs_exists (root, folder) ? VF_MODULE_LOADED : VF_MODULE_MISSING;
    if (is_in_list (root, release, "modules.builtin", name))
        return VF_MODULE_BUILTIN;
    if (vf_sysfs_exists (root, folder))
        return VF_MODULE_LOADED;
    return is_in_list (root, release, "modules.dep", name) ? VF_MODULE_LOADABLE : VF_MODULE_MISSING;
}
