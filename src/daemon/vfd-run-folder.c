/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lock, and the way to the journals. */
#include "vfd-run-folder.h"

#include "vf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

static gboolean
lock (const VfdRunFolder *folder, const char *path, GError **error)
{
    if (flock (folder->fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno == EWOULDBLOCK)
        vf_error_set (error, VF_REASON_SWITCH_RUNNING,
                      "virtflowd runs already and has %s locked. If it does not answer, stop it "
                      "('systemctl stop virtflowd'), then try again.",
                      path);
    else
        vf_error_set (error, VF_REASON_INTERNAL, "Could not lock %s: %s", path, g_strerror (errno));
    return FALSE;
}

/* Below a folder of the unprivileged user no link is followed. */
static gboolean
open_journals (VfdRunFolder *folder, const char *path, GError **error)
{
    struct stat owner;

    if (mkdirat (folder->fd, "gpu", 0700) == 0 && fstat (folder->fd, &owner) == 0
        && owner.st_uid != geteuid ())
        (void) !fchownat (folder->fd, "gpu", owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW);
    folder->journals_fd = openat (folder->fd, "gpu", OPEN);
    if (folder->journals_fd >= 0)
        return TRUE;
    vf_error_set (error, VF_REASON_INTERNAL, "Could not open %s/gpu: %s", path, g_strerror (errno));
    return FALSE;
}

gboolean
vfd_run_folder_open (VfdRunFolder *folder, const char *path, GError **error)
{
    *folder = (VfdRunFolder){ -1, -1 };
    if (g_mkdir_with_parents (path, 0700) == 0)
        folder->fd = open (path, OPEN);
    if (folder->fd < 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Could not open %s: %s", path, g_strerror (errno));
        return FALSE;
    }
    if (lock (folder, path, error) && open_journals (folder, path, error))
        return TRUE;
    vfd_run_folder_close (folder);
    return FALSE;
}

void
vfd_run_folder_close (VfdRunFolder *folder)
{
    if (folder->journals_fd >= 0)
        close (folder->journals_fd);
    if (folder->fd >= 0)
        close (folder->fd);
    *folder = (VfdRunFolder){ -1, -1 };
}
