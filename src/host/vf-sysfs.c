/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns every read of the kernel's file systems. Never writes, never takes a path from outside. */
#include "vf-sysfs.h"

#include "vf-error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _VfSysfs {
    int fd;
};

VfSysfs *
vf_sysfs_new (int fd)
{
    VfSysfs *sysfs = g_new (VfSysfs, 1);

    sysfs->fd = fd;
    return sysfs;
}

void
vf_sysfs_free (VfSysfs *sysfs)
{
    if (sysfs == NULL)
        return;
    close (sysfs->fd);
    g_free (sysfs);
}

int
vf_sysfs_fd (const VfSysfs *sysfs)
{
    return sysfs->fd;
}

int
vf_sysfs_open (const VfSysfs *sysfs, const char *path, VfSysfs **folder)
{
    int fd = openat (sysfs->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    *folder = vf_sysfs_new (fd);
    return 0;
}

int
vf_sysfs_open_function (const VfSysfs *root, VfPciAddress address, VfSysfs **folder)
{
    char path[64];

    g_snprintf (path, sizeof path, "sys/bus/pci/devices/%s", vf_pci_address_format (address).text);
    return vf_sysfs_open (root, path, folder);
}

/* Opens for reading. O_NONBLOCK because a name below /dev or /proc may turn out to be a FIFO. */
static int
open_file (const VfSysfs *sysfs, const char *path)
{
    int fd = openat (sysfs->fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    return fd < 0 ? -errno : fd;
}

/* Reads until @size bytes are there or the file ends; returns the count or a negative errno. */
static gssize
read_up_to (int fd, void *bytes, gsize size)
{
    gsize length = 0;

    while (length < size) {
        gssize count = read (fd, (char *) bytes + length, size - length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        if (count == 0)
            break;
        length += (gsize) count;
    }
    return (gssize) length;
}

gssize
vf_sysfs_read_bytes (const VfSysfs *sysfs, const char *path, void *bytes, gsize size)
{
    int fd = open_file (sysfs, path);
    gssize length;

    if (fd < 0)
        return fd;
    length = read_up_to (fd, bytes, size);
    close (fd);
    return length;
}

int
vf_sysfs_read (const VfSysfs *sysfs, const char *path, char *text, gsize size)
{
    int fd = open_file (sysfs, path);
    gssize length;

    if (fd < 0)
        return fd;
    /* One read is a whole attribute: sysfs gives all of it at once, and asking for the end of the
     * file would double the cost of a snapshot. */
    do
        length = read (fd, text, size);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        length = -errno;
    close (fd);
    if (length < 0)
        return (int) length;
    if ((gsize) length == size)
        return -EOVERFLOW;
    while (length > 0 && g_ascii_isspace (text[length - 1]))
        length--;
    text[length] = '\0';
    return 0;
}

int
vf_sysfs_read_number (const VfSysfs *sysfs, const char *path, guint64 *number)
{
    char text[32];
    int result = vf_sysfs_read (sysfs, path, text, sizeof text);
    gboolean hexadecimal;
    guint64 value;

    if (result < 0)
        return result;
    hexadecimal = g_str_has_prefix (text, "0x");
    if (!g_ascii_string_to_unsigned (hexadecimal ? text + 2 : text, hexadecimal ? 16 : 10, 0,
                                     G_MAXUINT64, &value, NULL))
        return -EINVAL;
    *number = value;
    return 0;
}

int
vf_sysfs_read_file (
    const VfSysfs *sysfs, const char *path, gsize limit, char **contents, gsize *length)
{
    g_autofree char *bytes = NULL;
    gsize used = 0, size = 16384;
    int fd = open_file (sysfs, path);

    if (fd < 0)
        return fd;
    for (;;) {
        gssize count;

        bytes = g_realloc (bytes, size + 1);
        count = read_up_to (fd, bytes + used, size - used);
        if (count < 0 || used + (gsize) count > limit) {
            close (fd);
            return count < 0 ? (int) count : -EFBIG;
        }
        used += (gsize) count;
        if (used < size)
            break;
        size *= 4;
    }
    close (fd);
    bytes[used] = '\0';
    *contents = g_steal_pointer (&bytes);
    if (length != NULL)
        *length = used;
    return 0;
}

int
vf_sysfs_read_link (const VfSysfs *sysfs, const char *path, char *target, gsize size)
{
    gssize length = readlinkat (sysfs->fd, path, target, size);

    if (length < 0)
        return -errno;
    if ((gsize) length == size)
        return -EOVERFLOW;
    target[length] = '\0';
    return 0;
}

int
vf_sysfs_read_link_name (const VfSysfs *sysfs, const char *path, char *name, gsize size)
{
    char target[VF_SYSFS_TEXT_MAX];
    int result = vf_sysfs_read_link (sysfs, path, target, sizeof target);
    const char *last;

    if (result < 0)
        return result;
    last = strrchr (target, '/');
    last = last != NULL ? last + 1 : target;
    if (strlen (last) >= size)
        return -EOVERFLOW;
    strcpy (name, last);
    return 0;
}

/* Not every file system says in the entry what it is. */
static gboolean
is_folder (int fd, const struct dirent *entry)
{
    struct stat status;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0
           && S_ISDIR (status.st_mode);
}

static int
list (const VfSysfs *sysfs, const char *path, gboolean folders_only, GPtrArray **names)
{
    g_autoptr (GPtrArray) found = NULL;
    struct dirent *entry;
    DIR *folder;
    int fd = openat (sysfs->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    folder = fdopendir (fd);
    if (folder == NULL) {
        result = -errno;
        close (fd);
        return result;
    }
    found = g_ptr_array_new_with_free_func (g_free);
    while (errno = 0, (entry = readdir (folder)) != NULL) {
        if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0
            && (!folders_only || is_folder (fd, entry)))
            g_ptr_array_add (found, g_strdup (entry->d_name));
    }
    result = -errno;
    closedir (folder);
    if (result == 0)
        *names = g_steal_pointer (&found);
    return result;
}

int
vf_sysfs_list (const VfSysfs *sysfs, const char *path, GPtrArray **names)
{
    return list (sysfs, path, FALSE, names);
}

int
vf_sysfs_list_folders (const VfSysfs *sysfs, const char *path, GPtrArray **names)
{
    return list (sysfs, path, TRUE, names);
}

gboolean
vf_sysfs_exists (const VfSysfs *sysfs, const char *path)
{
    struct stat status;

    /* Not faccessat(): a unit's DevicePolicy= denies it for device nodes, even to ask if they are
     * there. */
    return fstatat (sysfs->fd, path, &status, 0) == 0;
}

void
vf_sysfs_set_error (GError **error, const char *path, int result)
{
    vf_error_set (error, VF_REASON_INTERNAL, "Cannot read /%s: %s.", path, g_strerror (-result));
}
