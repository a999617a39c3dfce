/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's messages out of systemd's journal, which keeps them where /dev/kmsg takes a right
 * that the probe does not have. */
#pragma once

#include "vf-sysfs.h"

typedef void (*VfpJournalLine) (guint64 microseconds, guint level, const char *text, gpointer data);

/* Gives the newest warnings and errors of the kernel since the host started to @line, oldest first.
 * None where there is no journal. @root is the machine's root. */
void vfp_journal_read_kernel (const VfSysfs *root, VfpJournalLine line, gpointer data);
