/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of modprobe's configuration, and of what others have bound at boot. */
#include "vf-modprobe-config.h"

#include <string.h>

#define FILE_MAX (64 * 1024)

/* A file of an earlier folder hides those of the same name in the later ones. */
static const char *const folders[] = { "etc/modprobe.d", "run/modprobe.d",
                                       "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
                                       "lib/modprobe.d" };

static gboolean
is_module (const char *text, const char *name)
{
    gsize i = 0;

    while (name[i] != '\0' && (text[i] == name[i] || (text[i] == '-' && name[i] == '_')))
        i++;
    return name[i] == '\0' && text[i] == '\0';
}

static gboolean
has_prefixed (char **words, const char *prefix)
{
    for (; *words != NULL; words++) {
        if (g_str_has_prefix (*words, prefix))
            return TRUE;
    }
    return FALSE;
}

static void
take_line (VfHostFacts *facts, const char *place, const char *line)
{
    g_autofree char *text = g_strstrip (g_strdup (line));
    g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);

    if (words[0] == NULL || words[1] == NULL)
        return;
    if (strcmp (words[0], "options") == 0 && is_module (words[1], "vfio_pci")
        && has_prefixed (words + 2, "ids="))
        g_ptr_array_add (facts->reservations, vf_setting_new (place, text));
    else if (strcmp (words[0], "blacklist") == 0
             || (strcmp (words[0], "install") == 0 && words[2] != NULL
                 && (g_str_has_suffix (words[2], "/false")
                     || g_str_has_suffix (words[2], "/true"))))
        g_ptr_array_add (facts->bans, vf_setting_new (place, text));
}

/* "vfio-pci ids=10de:1e84": a module with its options, in a list of those that are loaded at boot.
 * A comment is a line that begins with "#" or ";" (initramfs-tools, modules-load.d(5)). */
static void
take_listed (VfHostFacts *facts, const char *place, const char *line)
{
    g_autofree char *text = g_strstrip (g_strdup (line));
    g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);

    if (words[0] != NULL && is_module (words[0], "vfio_pci") && has_prefixed (words + 1, "ids="))
        g_ptr_array_add (facts->reservations, vf_setting_new (place, text));
}

static void
take_file (const VfSysfs *root,
           const char *path,
           void (*take) (VfHostFacts *facts, const char *place, const char *line),
           VfHostFacts *facts)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    if (vf_sysfs_read_file (root, path, FILE_MAX, &text, NULL) != 0
        || !g_utf8_validate (text, -1, NULL))
        return;
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *place = g_strdup_printf ("/%s:%u", path, i + 1);

        take (facts, place, lines[i]);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
take_folder (const VfSysfs *root,
             const char *folder,
             GHashTable *hidden,
             void (*take) (VfHostFacts *facts, const char *place, const char *line),
             VfHostFacts *facts)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, folder, &names) != 0)
        return;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = g_build_filename (folder, name, NULL);

        if (g_str_has_suffix (name, ".conf") && g_hash_table_add (hidden, g_strdup (name)))
            take_file (root, path, take, facts);
    }
}

/* driverctl has a file per device, which is called like it and holds the name of a driver. Those of
 * other buses are in the name as well ("vmbus/..."). */
static void
take_overrides (const VfSysfs *root, VfHostFacts *facts)
{
    static const char folder[] = "etc/driverctl.d";
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, folder, &names) != 0)
        return;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
        g_autofree char *place = g_strconcat ("/", path, NULL);
        char driver[VF_SYSFS_NAME_MAX];
        VfPciAddress address;

        if (vf_pci_address_parse (names->pdata[i], &address, NULL)
            && vf_sysfs_read (root, path, driver, sizeof driver) == 0
            && is_module (driver, "vfio_pci"))
            g_ptr_array_add (facts->overrides, vf_setting_new (place, driver));
    }
}

/* "vfio-pci.ids=10de:1e84", "modprobe.blacklist=nouveau,nvidia" */
static void
take_command_line (VfHostFacts *facts)
{
    static const char place[] = "the kernel's command line";
    g_auto (GStrv) words =
        g_strsplit_set (facts->command_line != NULL ? facts->command_line : "", " \t\n", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_str_has_prefix (words[i], "vfio-pci.ids=")
            || g_str_has_prefix (words[i], "vfio_pci.ids="))
            g_ptr_array_add (facts->reservations, vf_setting_new (place, words[i]));
        else if (g_str_has_prefix (words[i], "modprobe.blacklist=")
                 || g_str_has_prefix (words[i], "module_blacklist="))
            g_ptr_array_add (facts->bans, vf_setting_new (place, words[i]));
    }
}

void
vf_modprobe_config_read (const VfSysfs *root, VfHostFacts *facts)
{
    static const char *const lists[] = { "etc/initramfs-tools/modules", "etc/modules" };
    g_autoptr (GHashTable) hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
        take_folder (root, folders[i], hidden, take_line, facts);
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        take_file (root, lists[i], take_listed, facts);
    g_hash_table_remove_all (hidden);
    /* Debian's is a link to the other. */
    if (vf_sysfs_exists (root, "etc/modules"))
        g_hash_table_add (hidden, g_strdup ("modules.conf"));
    take_folder (root, "etc/modules-load.d", hidden, take_listed, facts);
    take_overrides (root, facts);
    take_command_line (facts);
}
