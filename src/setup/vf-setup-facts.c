/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where the files are that set-up may change. */
#include "vf-setup-facts.h"

#include <string.h>

#define FILE_MAX (1024 * 1024)

/* Each of these counts, and each file of a folder whose name ends with ".conf". */
static const char *const paths[] = {
    "etc/default/grub",
    "etc/kernel/cmdline",
    "etc/group",
    "etc/gshadow",
    "etc/udev/rules.d/72-virtflow-desktop.rules",
    "etc/environment.d/90-virtflow-desktop.conf",
    "etc/X11/xorg.conf.d/90-virtflow-desktop.conf",
};

static void
host_file_free (gpointer data)
{
    VfHostFile *file = data;

    g_free (file->path);
    g_free (file->text);
    g_free (file);
}

void
vf_setup_facts_free (VfSetupFacts *facts)
{
    g_ptr_array_unref (facts->files);
    g_free (facts->grub_menu);
    g_free (facts);
}

/* NULL as well for what is no text. */
static char *
read_text (const VfSysfs *root, const char *path)
{
    char *text = NULL;
    gsize length;

    if (vf_sysfs_read_file (root, path, FILE_MAX, &text, &length) != 0)
        return NULL;
    if (strlen (text) == length && g_utf8_validate (text, -1, NULL))
        return text;
    g_free (text);
    return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_file (const VfSysfs *root, const char *path, VfSetupFacts *facts)
{
    char *text = read_text (root, path);
    VfHostFile *file;

    if (text == NULL)
        return FALSE;
    file = g_new0 (VfHostFile, 1);
    file->path = g_strdup (path);
    file->text = text;
    g_ptr_array_add (facts->files, file);
    return TRUE;
}

/* Whether there was any. */
static gboolean
add_folder (const VfSysfs *root, const char *folder, VfSetupFacts *facts)
{
    g_autoptr (GPtrArray) names = NULL;
    gboolean any = FALSE;

    if (vf_sysfs_list (root, folder, &names) != 0)
        return FALSE;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

        if (g_str_has_suffix (path, ".conf") && add_file (root, path, facts))
            any = TRUE;
    }
    return any;
}

/* The places where the boot loader specification lets the boot partition be mounted; the first one
 * that has entries is it. */
static void
add_entries (const VfSysfs *root, VfSetupFacts *facts)
{
    static const char *const folders[] = { "boot/loader/entries", "efi/loader/entries",
                                           "boot/efi/loader/entries" };

    for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
        if (add_folder (root, folders[i], facts))
            return;
    }
}

static char *
find_grub_menu (const VfSysfs *root)
{
    static const char *const menus[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg" };

    for (guint i = 0; i < G_N_ELEMENTS (menus); i++) {
        if (vf_sysfs_exists (root, menus[i]))
            return g_strdup (menus[i]);
    }
    return NULL;
}

static VfSystem
find_system (const VfSysfs *root)
{
    if (vf_sysfs_exists (root, "run/ostree-booted"))
        return VF_SYSTEM_OSTREE;
    return vf_sysfs_exists (root, "etc/NIXOS") ? VF_SYSTEM_NIXOS : VF_SYSTEM_ORDINARY;
}

VfSetupFacts *
vf_setup_facts_read (const VfSysfs *root)
{
    VfSetupFacts *facts = g_new0 (VfSetupFacts, 1);
    char target[VF_SYSFS_TEXT_MAX];

    facts->system = find_system (root);
    facts->files = g_ptr_array_new_with_free_func (host_file_free);
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        add_file (root, paths[i], facts);
    add_entries (root, facts);
    add_folder (root, "etc/modprobe.d", facts);
    facts->grub_menu = find_grub_menu (root);
    facts->hook_program = vf_sysfs_exists (root, "usr/lib/libvirt/virtflow-hook");
    facts->hook_link =
        vf_sysfs_read_link (root, "etc/libvirt/hooks/qemu.d/50-virtflow", target, sizeof target)
        == 0;
    facts->xorg =
        vf_sysfs_exists (root, "usr/bin/Xorg") || vf_sysfs_exists (root, "usr/lib/xorg/Xorg");
    return facts;
}

const char *
vf_setup_facts_text (const VfSetupFacts *facts, const char *path)
{
    for (guint i = 0; i < facts->files->len; i++) {
        const VfHostFile *file = facts->files->pdata[i];

        if (strcmp (file->path, path) == 0)
            return file->text;
    }
    return NULL;
}
