/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lock, and the way to the journals. */
#include "vfd-run-folder.h"

#include "vf-error.h"
#include "vfd-state-file.h"

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
    g_autofree char *inner = g_build_filename (path, "gpu", NULL);
    struct stat above, status;

    if (mkdirat (folder->fd, "gpu", 0700) == 0 && fstat (folder->fd, &above) == 0
        && above.st_uid != geteuid ())
        (void) !fchownat (folder->fd, "gpu", above.st_uid, above.st_gid, AT_SYMLINK_NOFOLLOW);
    folder->journals_fd = openat (folder->fd, "gpu", OPEN);
    if (folder->journals_fd >= 0 && fstat (folder->fd, &above) == 0
        && fstat (folder->journals_fd, &status) == 0)
        return vfd_state_file_judge_folder (inner, &status, above.st_uid, error);
    vf_error_set (error, VF_REASON_FOREIGN_STATE, "Could not open %s: %s", inner,
                  g_strerror (errno));
    return FALSE;
}

static gboolean
is_trusted (const VfdRunFolder *folder, const char *path, uid_t owner, GError **error)
{
    struct stat status;

    if (fstat (folder->fd, &status) == 0)
        return vfd_state_file_judge_folder (
            path, &status, owner != VFD_RUN_FOLDER_ANY ? owner : status.st_uid, error);
    vf_error_set (error, VF_REASON_FOREIGN_STATE, "Could not open %s: %s", path,
                  g_strerror (errno));
    return FALSE;
}

gboolean
vfd_run_folder_open (VfdRunFolder *folder, const char *path, uid_t owner, GError **error)
{
    *folder = (VfdRunFolder){ -1, -1 };
    if (g_mkdir_with_parents (path, 0700) == 0)
        folder->fd = open (path, OPEN);
    if (folder->fd < 0) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "Could not open %s: %s", path,
                      g_strerror (errno));
        return FALSE;
    }
    if (is_trusted (folder, path, owner, error) && lock (folder, path, error)
        && open_journals (folder, path, error))
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
