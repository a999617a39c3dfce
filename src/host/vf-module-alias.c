/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the formats of modules.alias and modules.builtin.modinfo, and what a driver's module is. */
#include "vf-module-alias.h"

#include "vf-step.h"

#include <fnmatch.h>
#include <string.h>

#define FILE_MAX (16 * 1024 * 1024)

/* "pci:v000010DE": a pattern for one vendor starts like this, any other with "pci:v*". */
#define VENDOR_START 5
#define VENDOR_LENGTH 8

#define PATTERN_MAX 256

/* File names have "-" where modules have "_", and drivers have either. */
static gboolean
is_module (const char *module, const char *text, gsize length)
{
    if (strlen (module) != length)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        char a = module[i] == '-' ? '_' : module[i];
        char b = text[i] == '-' ? '_' : text[i];

        if (a != b)
            return FALSE;
    }
    return TRUE;
}

/* @pattern has @length bytes and no final NUL. */
static gboolean
matches (const char *pattern, gsize length, const char *modalias)
{
    char text[PATTERN_MAX];

    if (length >= sizeof text || length <= VENDOR_START
        || memcmp (pattern, modalias, VENDOR_START) != 0)
        return FALSE;
    if (pattern[VENDOR_START] != '*'
        && (length <= VENDOR_START + VENDOR_LENGTH
            || memcmp (pattern + VENDOR_START, modalias + VENDOR_START, VENDOR_LENGTH) != 0))
        return FALSE;
    memcpy (text, pattern, length);
    text[length] = '\0';
    return fnmatch (text, modalias, 0) == 0;
}

/* Looks for a line "alias PATTERN MODULE". It is the module that is searched for: few lines end
 * with it, and nothing else of a file of 1.3 MB need be looked at. */
static gboolean
alias_file_names (const char *contents, gsize length, const char *modalias, const char *module)
{
    g_autofree char *ending = g_strdelimit (g_strdup_printf (" %s\n", module), "-", '_');
    gsize ending_length = strlen (ending);
    const char *end = contents + length;
    const char *found = contents;

    while ((found = memmem (found, (gsize) (end - found), ending, ending_length)) != NULL) {
        const char *newline = memrchr (contents, '\n', (gsize) (found - contents));
        const char *line = newline != NULL ? newline + 1 : contents;

        if (g_str_has_prefix (line, "alias ")
            && matches (line + strlen ("alias "), (gsize) (found - line) - strlen ("alias "),
                        modalias))
            return TRUE;
        found += ending_length;
    }
    return FALSE;
}

/* Looks for "MODULE.alias=PATTERN", which ends with a NUL. */
static gboolean
builtin_file_names (const char *contents, gsize length, const char *modalias, const char *module)
{
    static const char key[] = ".alias=";
    const char *end = contents + length;

    for (const char *entry = contents; entry < end; entry += strlen (entry) + 1) {
        const char *alias = strstr (entry, key);
        const char *pattern;

        if (alias == NULL || !is_module (module, entry, (gsize) (alias - entry)))
            continue;
        pattern = alias + strlen (key);
        if (matches (pattern, strlen (pattern), modalias))
            return TRUE;
    }
    return FALSE;
}

/* A driver that is built in has no link to its module, unless that has parameters; then it bears
 * its module's name, but for this one. */
static const char *
builtin_module (const char *driver)
{
    return strcmp (driver, "xhci_hcd") == 0 ? "xhci_pci" : driver;
}

static gboolean
file_names (const VfSysfs *root,
            const char *file,
            const char *modalias,
            const char *module,
            gboolean (*names) (const char *, gsize, const char *, const char *))
{
    g_autofree char *path = NULL;
    g_autofree char *contents = NULL;
    char release[VF_SYSFS_NAME_MAX];
    gsize length;

    if (vf_sysfs_read (root, "proc/sys/kernel/osrelease", release, sizeof release) != 0)
        return FALSE;
    path = g_build_filename ("lib/modules", release, file, NULL);
    return vf_sysfs_read_file (root, path, FILE_MAX, &contents, &length) == 0
           && names (contents, length, modalias, module);
}

gboolean
vf_module_alias_allows (const VfSysfs *root, const char *modalias, const char *driver)
{
    char path[VF_SYSFS_NAME_MAX], module[VF_SYSFS_NAME_MAX];

    if (!vf_step_is_driver_name (driver) || !g_str_has_prefix (modalias, "pci:v")
        || strlen (modalias) < VENDOR_START + VENDOR_LENGTH)
        return FALSE;
    g_snprintf (path, sizeof path, "sys/bus/pci/drivers/%s", driver);
    if (!vf_sysfs_exists (root, path))
        return FALSE;
    g_strlcat (path, "/module", sizeof path);
    if (vf_sysfs_read_link_name (root, path, module, sizeof module) != 0)
        g_strlcpy (module, builtin_module (driver), sizeof module);
    return file_names (root, "modules.alias", modalias, module, alias_file_names)
           || file_names (root, "modules.builtin.modinfo", modalias, module, builtin_file_names);
}
