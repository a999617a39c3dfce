/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the kernel's command line, where boot loaders keep them. Pure. */
#pragma once

#include <glib.h>

/* What is to be on the command line, and what not. Literals or strings of the caller. */
typedef struct {
    const char *const *wanted;   /* ends with NULL */
    const char *const *unwanted; /* the same */
} VfBootWords;

/* @line of words, as /etc/kernel/cmdline has it, with @words put right; the caller owns it. Words
 * that stay keep their order and what stands between them. */
char *vf_boot_line_amend (const char *line, const VfBootWords *words);

/* The same for the line "options ..." of an entry of the boot loader specification; NULL when @line
 * is another one. */
char *vf_boot_line_amend_entry (const char *line, const VfBootWords *words);

/* The same for the line "@variable=..." of /etc/default/grub, which is sourced by a shell; NULL
 * when
 * @line is another one, or its value is not in one pair of quotes. */
char *vf_boot_line_amend_grub (const char *line, const char *variable, const VfBootWords *words);
