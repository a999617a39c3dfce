/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of what does not survive a reboot. Whoever decides about GPUs holds its lock: the
 * daemon, or a recovery by hand. (Not the bus name: the bus may be down.) */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct {
    int fd;          /* with the lock; -1: not open */
    int journals_fd; /* the folder of the GPUs' journals in it */
} VfdRunFolder;

#define VFD_RUN_FOLDER_ANY ((uid_t) -1)

/* Makes the folder @path and the one of the journals where they are not there, and takes the lock.
 * Both must be @owner's (VFD_RUN_FOLDER_ANY: the first one's owner) and nobody else's to write.
 * VF_REASON_SWITCH_RUNNING when somebody has the lock, VF_REASON_FOREIGN_STATE when the folders are
 * not to be believed; VF_REASON_INTERNAL. On failure nothing is open. */
gboolean vfd_run_folder_open (VfdRunFolder *folder, const char *path, uid_t owner, GError **error);
void vfd_run_folder_close (VfdRunFolder *folder);
