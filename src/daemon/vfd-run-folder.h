/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of what does not survive a reboot. Whoever decides about GPUs holds its lock: the
 * daemon, or a recovery by hand. (Not the bus name: the bus may be down.) */
#pragma once

#include <glib.h>

typedef struct {
    int fd;          /* with the lock; -1: not open */
    int journals_fd; /* the folder of the GPUs' journals in it */
} VfdRunFolder;

/* Makes the folder @path and the one of the journals where they are not there, for the user who
 * owns
 * @path, and takes the lock. VF_REASON_SWITCH_RUNNING when somebody has it; VF_REASON_INTERNAL.
 * On failure nothing is open. */
gboolean vfd_run_folder_open (VfdRunFolder *folder, const char *path, GError **error);
void vfd_run_folder_close (VfdRunFolder *folder);
