/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule of what is read as a state file. */
#include "vfd-state-file.h"

#include "vf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why the file is none of ours; NULL when it is. */
static const char *
find_fault (const struct stat *file, const struct stat *folder, gsize most)
{
    if (S_ISLNK (file->st_mode))
        return _ ("a symbolic link, which is not followed");
    if (!S_ISREG (file->st_mode))
        return _ ("no regular file");
    if (file->st_uid != folder->st_uid)
        return _ ("a file of another user");
    if (file->st_nlink != 1)
        return _ ("a file that has other names as well");
    if ((guint64) file->st_size > most)
        return _ ("larger than any state file");
    return NULL;
}

/* Through the descriptor that was looked at: the name may stand for something else by now. */
static int
open_anew (int seen)
{
    char path[32];

    g_snprintf (path, sizeof path, "/proc/self/fd/%d", seen);
    return open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int
vfd_state_file_open (int folder_fd, const char *name, gsize most, GError **error)
{
    int seen = openat (folder_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    const char *fault = NULL;
    struct stat file, folder;
    int fd = -1;

    if (seen < 0 && errno == ENOENT)
        return -1;
    if (seen < 0 || fstat (seen, &file) != 0 || fstat (folder_fd, &folder) != 0)
        fault = g_strerror (errno);
    else if ((fault = find_fault (&file, &folder, most)) == NULL && (fd = open_anew (seen)) < 0)
        fault = g_strerror (errno);
    if (fault != NULL)
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "it is not read: %s", fault);
    if (seen >= 0)
        close (seen);
    return fd;
}
