/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of state folders and files. */
#include "vfd-state-file.h"

#include "vf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITABLE_BY_OTHERS (S_IWGRP | S_IWOTH)

gboolean
vfd_state_file_judge_folder (const char *path,
                             const struct stat *status,
                             uid_t owner,
                             GError **error)
{
    if (status->st_uid != owner)
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "The folder %s belongs to the user %u, not to %u, so what is in it is not "
                      "believed. Find out who made it, then remove it; the daemon makes it anew.",
                      path, status->st_uid, owner);
    else if ((status->st_mode & WRITABLE_BY_OTHERS) != 0)
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "Others may write to the folder %s (its mode is %04o), so what is in it is "
                      "not believed. Look at what is there, then take that right away with "
                      "'chmod go-w'.",
                      path, status->st_mode & 07777);
    else
        return TRUE;
    return FALSE;
}

/* The folder NAME in @parent_fd, which may be AT_FDCWD; @path is for words. */
static int
open_folder (int parent_fd, const char *name, const char *path, uid_t owner, GError **error)
{
    struct stat status;
    int fd = -1;

    if (mkdirat (parent_fd, name, 0700) == 0 || errno == EEXIST)
        fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat (fd, &status) != 0) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "Could not open the folder %s: %s", path,
                      errno == ENOTDIR || errno == ELOOP ? N_ ("it is no folder, or a link to one")
                                                         : g_strerror (errno));
    } else if (vfd_state_file_judge_folder (path, &status, owner, error)) {
        return fd;
    }
    if (fd >= 0)
        close (fd);
    return -1;
}

int
vfd_state_file_open_folder (const char *path, const char *name, uid_t owner, GError **error)
{
    g_autofree char *inner = g_build_filename (path, name, NULL);
    g_autofree char *above = g_path_get_dirname (path);
    int fd = -1, outer;

    g_mkdir_with_parents (above, 0755);
    outer = open_folder (AT_FDCWD, path, path, owner, error);
    if (outer >= 0) {
        fd = open_folder (outer, name, inner, owner, error);
        close (outer);
    }
    return fd;
}

static const char *
find_fault (const struct stat *file, const struct stat *folder, gsize longest)
{
    if (S_ISLNK (file->st_mode))
        return N_ ("it is a link");
    if (!S_ISREG (file->st_mode))
        return N_ ("it is not a plain file");
    if (file->st_uid != folder->st_uid)
        return N_ ("it belongs to another user than its folder");
    if ((file->st_mode & WRITABLE_BY_OTHERS) != 0)
        return N_ ("others may write to it");
    if (file->st_nlink != 1)
        return N_ ("it has another name elsewhere");
    if ((guint64) file->st_size > longest)
        return N_ ("it is longer than what VirtFlow writes");
    return NULL;
}

/* Through the descriptor that was judged: the name may stand for something else by now. */
static int
open_anew (int seen, int access)
{
    char path[32];

    g_snprintf (path, sizeof path, "/proc/self/fd/%d", seen);
    return open (path, access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* It is judged before it is opened, since opening a device can do something by itself. */
int
vfd_state_file_open (int folder_fd, const char *name, int access, gsize longest, GError **error)
{
    int seen = openat (folder_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    const char *fault = NULL;
    struct stat file, folder;
    int fd = -1;

    if (seen < 0 && errno == ENOENT)
        return -1;
    if (seen < 0 || fstat (seen, &file) != 0 || fstat (folder_fd, &folder) != 0)
        fault = g_strerror (errno);
    else if ((fault = find_fault (&file, &folder, longest)) == NULL
             && (fd = open_anew (seen, access)) < 0)
        fault = g_strerror (errno);
    if (fault != NULL)
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "%s", fault);
    if (seen >= 0)
        close (seen);
    return fd;
}
