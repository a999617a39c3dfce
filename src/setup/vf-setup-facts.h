/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What set-up has to know of a host besides what the doctor knows: the files that it may have to
 * change. A value with owned strings. */
#pragma once

#include "vf-sysfs.h"

/* Who owns the files in /etc and the command line. */
typedef enum {
    VF_SYSTEM_ORDINARY,
    VF_SYSTEM_OSTREE, /* Silverblue and the like: rpm-ostree changes the command line */
    VF_SYSTEM_NIXOS,  /* configuration.nix does */
} VfSystem;

/* A text of the host. */
typedef struct {
    char *path; /* below the root, without a slash in front */
    char *text;
} VfHostFile;

typedef struct {
    VfSystem system;
    GPtrArray *files; /* VfHostFile: each that set-up may change and that is there */
    const char *const *initramfs_tool; /* see vf-boot-tools.h; or NULL */
    const char *const *grub_tool;      /* see there; or NULL */
    char *grub_menu;       /* path of the one that it makes; NULL without the tool or such a menu */
    gboolean hook_program; /* whether VirtFlow's hook is installed */
    gboolean hook_link;    /* whether there is something where libvirt looks for it */
    gboolean xorg;         /* whether an X server is */
} VfSetupFacts;

/* @root is the machine's root. What cannot be read is not there. The caller owns the facts. */
VfSetupFacts *vf_setup_facts_read (const VfSysfs *root);
void vf_setup_facts_free (VfSetupFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSetupFacts, vf_setup_facts_free)

/* The text of the file at @path; NULL when it is not there. Belongs to @facts. */
const char *vf_setup_facts_text (const VfSetupFacts *facts, const char *path);
