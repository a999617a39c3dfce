/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the formats of the files in /proc/PID. */
#include "vf-process.h"

#include "vf-text.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

int
vf_process_start_time (const VfSysfs *process, guint64 *start_time)
{
    /* After the name come the state, 18 more fields, and then this one. */
    static const guint fields_before = 19;
    char text[VF_SYSFS_TEXT_MAX];
    int result = vf_sysfs_read (process, "stat", text, sizeof text);
    const char *field;

    if (result != 0)
        return result;
    /* The name is in parentheses and may have spaces and parentheses in it. */
    field = strrchr (text, ')');
    for (guint i = 0; field != NULL && i <= fields_before; i++)
        field = strchr (field + 1, ' ');
    if (field == NULL)
        return -EINVAL;
    *start_time = g_ascii_strtoull (field + 1, NULL, 10);
    return 0;
}

int
vf_process_uid (const VfSysfs *process, guint32 *uid)
{
    static const char key[] = "\nUid:";
    char text[VF_SYSFS_TEXT_MAX];
    int result = vf_sysfs_read (process, "status", text, sizeof text);
    const char *found;
    guint number;

    if (result != 0)
        return result;
    found = strstr (text, key);
    if (found == NULL || sscanf (found + strlen (key), " %u", &number) != 1)
        return -EINVAL;
    *uid = number;
    return 0;
}

char *
vf_process_command (const VfSysfs *process)
{
    char text[VF_SYSFS_NAME_MAX];

    if (vf_sysfs_read (process, "comm", text, sizeof text) != 0)
        return g_strdup ("?");
    return vf_text_escape (text);
}

static gboolean
is_unit (const char *name)
{
    return g_str_has_suffix (name, ".service") || g_str_has_suffix (name, ".scope");
}

/* The unit of a path in the tree of control groups. systemd puts its own units below slices alone;
 * what stands below another unit has its name from whoever that one was given to. */
static char *
unit_of_path (char **parts)
{
    for (guint i = g_strv_length (parts); i-- > 1;) {
        guint first = 1;
        g_autofree char *name = NULL;

        if (!is_unit (parts[i]))
            continue;
        while (g_str_has_suffix (parts[first], ".slice"))
            first++;
        name = first < i ? g_strdup_printf ("%s/%s", parts[first], parts[i]) : g_strdup (parts[i]);
        return vf_text_escape (name);
    }
    return g_strdup ("");
}

char *
vf_process_unit (const VfSysfs *process)
{
    char text[VF_SYSFS_TEXT_MAX];
    g_auto (GStrv) lines = NULL;

    if (vf_sysfs_read (process, "cgroup", text, sizeof text) != 0)
        return g_strdup ("");
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto (GStrv) parts = NULL;
        g_autofree char *unit = NULL;

        /* "0::PATH", or systemd's own hierarchy where the old ones are in use. */
        if (!g_str_has_prefix (*line, "0::") && strstr (*line, ":name=systemd:") == NULL)
            continue;
        parts = g_strsplit (*line, "/", -1);
        unit = unit_of_path (parts);
        if (*unit != '\0')
            return g_steal_pointer (&unit);
    }
    return g_strdup ("");
}

char *
vf_process_user_name (guint32 uid)
{
    FILE *file = fopen ("/etc/passwd", "re");
    const struct passwd *entry = NULL;
    char *name;

    while (file != NULL && (entry = fgetpwent (file)) != NULL && entry->pw_uid != uid)
        ;
    name = entry != NULL ? vf_text_escape (entry->pw_name) : g_strdup_printf ("%u", uid);
    if (file != NULL)
        fclose (file);
    return name;
}
