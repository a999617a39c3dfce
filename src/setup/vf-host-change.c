/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the writing of files of the host. */
#include "vf-host-change.h"

#include "vf-error.h"
#include "vf-sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FILE_MAX (1024 * 1024)
#define NEW_SUFFIX ".virtflow-new"

static gboolean
fail (GError **error, const char *path, int number)
{
    vf_error_set (error, VF_REASON_INTERNAL, "/%s cannot be changed: %s.", path,
                  g_strerror (number));
    return FALSE;
}

/* Owner and mode first, and what else belongs to a file: SELinux's label, an access list. A boot
 * partition with a FAT has none of these. */
static void
copy_attributes (int from, int to)
{
    char names[4096], value[4096];
    struct stat status;
    gssize size;

    if (fstat (from, &status) == 0) {
        if (fchown (to, status.st_uid, status.st_gid) != 0)
            errno = 0;
        fchmod (to, status.st_mode & 07777);
    }
    size = flistxattr (from, names, sizeof names);
    for (const char *name = names; size > 0 && name < names + size; name += strlen (name) + 1) {
        gssize length = fgetxattr (from, name, value, sizeof value);

        if (length >= 0)
            fsetxattr (to, name, value, (gsize) length, 0);
    }
}

static gboolean
write_all (int fd, const char *text)
{
    gsize left = strlen (text);

    while (left > 0) {
        gssize written = write (fd, text, left);

        if (written < 0 && errno != EINTR)
            return FALSE;
        if (written > 0) {
            text += written;
            left -= (gsize) written;
        }
    }
    return fsync (fd) == 0;
}

/* The folder's own entry: without it a power cut may take the name back. */
static void
sync_folder (int root, const char *path)
{
    g_autofree char *folder = g_path_get_dirname (path);
    int fd = openat (root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync (fd);
    close (fd);
}

gboolean
vf_host_change_write (int root, const char *path, const char *text, guint mode, GError **error)
{
    g_autofree char *new = g_strconcat (path, NEW_SUFFIX, NULL);
    int old_fd = openat (root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int fd, number = 0;

    unlinkat (root, new, 0);
    /* What one opens now can be read whatever mode it has later. */
    fd = openat (root, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        number = errno;
    } else {
        if (old_fd >= 0)
            copy_attributes (old_fd, fd);
        else
            fchmod (fd, mode);
        if (!write_all (fd, text) || renameat (root, new, root, path) != 0) {
            number = errno;
            unlinkat (root, new, 0);
        }
        close (fd);
    }
    if (old_fd >= 0)
        close (old_fd);
    if (number != 0)
        return fail (error, path, number);
    sync_folder (root, path);
    return TRUE;
}

/* What is there now: a text, where a link leads, "" for a folder; *@text is the caller's, NULL when
 * nothing is there. A thing of another kind is another's. */
static gboolean
look (int root, const VfAmendment *amendment, char **text, GError **error)
{
    g_autoptr (VfSysfs) place = vf_sysfs_new (dup (root));
    char target[VF_SYSFS_TEXT_MAX];
    struct stat status;
    gboolean alike;
    gsize length;
    int result = 0;

    *text = NULL;
    if (fstatat (root, amendment->path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? TRUE : fail (error, amendment->path, errno);
    switch (amendment->kind) {
    case VF_AMENDMENT_LINE:
    case VF_AMENDMENT_MEMBER:
    case VF_AMENDMENT_FILE:
        alike = S_ISREG (status.st_mode);
        if (alike)
            result = vf_sysfs_read_file (place, amendment->path, FILE_MAX, text, &length);
        if (alike && result == 0 && strlen (*text) != length)
            alike = FALSE;
        break;
    case VF_AMENDMENT_LINK:
        alike = S_ISLNK (status.st_mode);
        if (alike)
            result = vf_sysfs_read_link (place, amendment->path, target, sizeof target);
        if (alike && result == 0)
            *text = g_strdup (target);
        break;
    case VF_AMENDMENT_FOLDER:
    default:
        alike = S_ISDIR (status.st_mode);
        *text = g_strdup ("");
        break;
    }
    if (result < 0)
        return fail (error, amendment->path, -result);
    if (!alike)
        vf_error_set (error, VF_REASON_FILE_CHANGED,
                      "/%s is something else than set-up expects, and stays as it is.",
                      amendment->path);
    return alike;
}

static gboolean
make (int root, const VfAmendment *amendment, const char *text, GError **error)
{
    switch (amendment->kind) {
    case VF_AMENDMENT_LINE:
    case VF_AMENDMENT_MEMBER:
    case VF_AMENDMENT_FILE:
        return vf_host_change_write (root, amendment->path, text, 0644, error);
    case VF_AMENDMENT_LINK:
        if (symlinkat (text, root, amendment->path) != 0)
            return fail (error, amendment->path, errno);
        break;
    case VF_AMENDMENT_FOLDER:
        if (mkdirat (root, amendment->path, 0755) != 0
            || fchmodat (root, amendment->path, 0755, 0) != 0)
            return fail (error, amendment->path, errno);
        break;
    }
    sync_folder (root, amendment->path);
    return TRUE;
}

/* Of the files that useradd(8) and the like write, lckpwdf(3), which waits; @held when it is. It is
 * one of the whole system, so only for the real files. */
static gboolean
lock (int root, const VfAmendment *amendment, gboolean *held, GError **error)
{
    struct stat ours, real;
    gboolean wanted = amendment->kind == VF_AMENDMENT_MEMBER && fstat (root, &ours) == 0
                      && stat ("/", &real) == 0 && ours.st_ino == real.st_ino
                      && ours.st_dev == real.st_dev;

    *held = wanted && lckpwdf () == 0;
    if (wanted && !*held)
        vf_error_set (error, VF_REASON_INTERNAL,
                      "/%s is locked by another program that changes users or groups. Run it again "
                      "when that has ended.",
                      amendment->path);
    return *held == wanted;
}

static void
unlock (gboolean held)
{
    if (held)
        ulckpwdf ();
}

static gboolean
look_and_make (int root, const VfAmendment *amendment, GError **error)
{
    g_autofree char *now = NULL;
    g_autofree char *then = NULL;

    if (!look (root, amendment, &now, error))
        return FALSE;
    then = vf_amendment_apply (amendment, now, error);
    if (then == NULL)
        return FALSE;
    return g_strcmp0 (now, then) == 0 || make (root, amendment, then, error);
}

/* A folder that others have put something into is theirs by now. */
static gboolean
take_away (int root, const VfAmendment *amendment, GError **error)
{
    gboolean folder = amendment->kind == VF_AMENDMENT_FOLDER;

    if (unlinkat (root, amendment->path, folder ? AT_REMOVEDIR : 0) != 0
        && !(folder && (errno == ENOTEMPTY || errno == EEXIST)))
        return fail (error, amendment->path, errno);
    sync_folder (root, amendment->path);
    return TRUE;
}

static gboolean
look_and_take_back (int root, const VfAmendment *amendment, GError **error)
{
    g_autofree char *now = NULL;
    g_autofree char *then = NULL;

    if (!look (root, amendment, &now, error) || !vf_amendment_revert (amendment, now, &then, error))
        return FALSE;
    if (now != NULL && then == NULL)
        return take_away (root, amendment, error);
    return g_strcmp0 (now, then) == 0
           || vf_host_change_write (root, amendment->path, then, 0644, error);
}

gboolean
vf_host_change_make (int root, const VfAmendment *amendment, GError **error)
{
    gboolean held;
    gboolean made = lock (root, amendment, &held, error) && look_and_make (root, amendment, error);

    unlock (held);
    return made;
}

gboolean
vf_host_change_take_back (int root, const VfAmendment *amendment, GError **error)
{
    gboolean held;
    gboolean taken_back =
        lock (root, amendment, &held, error) && look_and_take_back (root, amendment, error);

    unlock (held);
    return taken_back;
}
