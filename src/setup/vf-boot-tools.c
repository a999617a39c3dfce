/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which programs make a boot loader's menu and an initramfs. */
#include "vf-boot-tools.h"

/* Each ends with NULL. */
typedef const char *const CommandLine[5];

static CommandLine initramfs[] = {
    { "/usr/sbin/update-initramfs", "-u", "-k", "all" },
    { "/usr/bin/dracut", "--regenerate-all", "--force" },
    { "/usr/bin/mkinitcpio", "-P" },
};

static CommandLine grub[] = {
    { "/usr/sbin/update-grub" },
    { "/usr/sbin/grub2-mkconfig", "-o" },
    { "/usr/sbin/grub-mkconfig", "-o" },
    { "/usr/bin/grub-mkconfig", "-o" },
};

static const char *const *
first_there (const VfSysfs *root, CommandLine *lines, gsize n_lines)
{
    for (gsize i = 0; i < n_lines; i++) {
        if (vf_sysfs_exists (root, lines[i][0] + 1))
            return lines[i];
    }
    return NULL;
}

const char *const *
vf_boot_tools_initramfs (const VfSysfs *root)
{
    return first_there (root, initramfs, G_N_ELEMENTS (initramfs));
}

const char *const *
vf_boot_tools_grub (const VfSysfs *root)
{
    return first_there (root, grub, G_N_ELEMENTS (grub));
}
