/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where the files are that set-up may change. */
#include "vf-setup-facts.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX (1024 * 1024)
#define HOOK "etc/libvirt/hooks/qemu.d/50-virtflow"

/* Each of these counts, and those in some folders. */
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

/* NULL as well for what is no text, and for a link: who has made it knows what for. */
static char *
read_text (const VfSysfs *root, const char *path)
{
    char target[VF_SYSFS_TEXT_MAX];
    char *text = NULL;
    gsize length;

    if (vf_sysfs_read_link (root, path, target, sizeof target) != -EINVAL)
        return NULL;
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

static void
add_file (const VfSysfs *root, const char *path, VfSetupFacts *facts)
{
    char *text = read_text (root, path);
    VfHostFile *file;

    if (text == NULL)
        return;
    file = g_new0 (VfHostFile, 1);
    file->path = g_strdup (path);
    file->text = text;
    g_ptr_array_add (facts->files, file);
}

static void
add_folder (const VfSysfs *root, const char *folder, const char *suffix, VfSetupFacts *facts)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, folder, &names) != 0)
        return;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

        if (g_str_has_suffix (path, suffix) && g_utf8_validate (path, -1, NULL))
            add_file (root, path, facts);
    }
}

/* The places where the boot loader specification lets the boot partition be mounted. */
static void
add_entries (const VfSysfs *root, VfSetupFacts *facts)
{
    static const char *const folders[] = { "boot/loader/entries", "efi/loader/entries",
                                           "boot/efi/loader/entries" };

    for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
        add_folder (root, folders[i], ".conf", facts);
}

static gboolean
has_any (const VfSysfs *root, const char *const *names, gsize n_names)
{
    for (gsize i = 0; i < n_names; i++) {
        if (vf_sysfs_exists (root, names[i]))
            return TRUE;
    }
    return FALSE;
}

/* Of a GRUB that somebody could still make a menu for. */
static char *
find_grub_menu (const VfSysfs *root)
{
    static const char *const menus[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg" };
    static const char *const tools[] = { "usr/sbin/update-grub", "usr/sbin/grub-mkconfig",
                                         "usr/bin/grub-mkconfig", "usr/sbin/grub2-mkconfig" };

    if (!has_any (root, tools, G_N_ELEMENTS (tools)))
        return NULL;

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
    add_folder (root, "etc/modprobe.d", ".conf", facts);
    add_folder (root, "etc/default/grub.d", ".cfg", facts);
    facts->grub_menu = find_grub_menu (root);
    facts->hook_program = vf_sysfs_exists (root, "usr/lib/libvirt/virtflow-hook");
    facts->hook_link =
        vf_sysfs_exists (root, HOOK) || vf_sysfs_read_link (root, HOOK, target, sizeof target) == 0;
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
