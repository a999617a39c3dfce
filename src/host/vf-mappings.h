/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files a process has mapped: a device that is mapped stays open when its descriptor is
 * closed. */
#pragma once

#include "vf-sysfs.h"

typedef struct {
    guint32 major, minor; /* of the file system that the file is in */
    guint64 inode;
} VfMapping;

/* Calls @found for each file that is mapped in the address space of @process, the folder /proc/PID;
 * parts of one file that follow each other count once. Returns 0, also for a kernel thread, which
 * has no address space, or a negative errno value. */
int vf_mappings_read (const VfSysfs *process,
                      void (*found) (const VfMapping *mapping, gpointer data),
                      gpointer data);
