/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns every write to the real kernel. Decides nothing. */
#include "vfw-kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    VfwKernel parent;
    int root;
} RealKernel;

static int
real_write (VfwKernel *kernel, const VfSysfs *folder, const char *path, const char *text)
{
    int file = openat (vf_sysfs_fd (folder), path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    size_t length = strlen (text);
    ssize_t written;
    int result = 0;

    if (file < 0)
        return errno;
    written = write (file, text, length);
    if (written < 0)
        result = errno;
    else if ((size_t) written != length)
        result = EIO;
    close (file);
    return result;
}

/* The mode is set through the descriptor that was looked at, so that the node cannot be swapped in
 * between. A descriptor of O_PATH can be changed only by its name in /proc. */
static int
set_mode_of (int node, dev_t device, mode_t mode)
{
    struct stat status;
    char name[32];

    if (fstat (node, &status) != 0)
        return errno;
    if (!S_ISCHR (status.st_mode) || status.st_rdev != device)
        return ESTALE;
    g_snprintf (name, sizeof name, "/proc/self/fd/%d", node);
    return chmod (name, mode) == 0 ? 0 : errno;
}

static int
real_set_mode (VfwKernel *kernel, const char *path, dev_t device, mode_t mode)
{
    int node = openat (((RealKernel *) kernel)->root, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int result;

    if (node < 0)
        return errno;
    result = set_mode_of (node, device, mode);
    close (node);
    return result;
}

VfwKernel *
vfw_kernel_new (int root)
{
    RealKernel *kernel = g_new0 (RealKernel, 1);

    kernel->parent.write = real_write;
    kernel->parent.set_mode = real_set_mode;
    kernel->root = root;
    return &kernel->parent;
}
