/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the knowledge of where libvirt's pid files are and what a lock on them means. */
#include "vfd-libvirt-pulse.h"

#include <fcntl.h>
#include <unistd.h>

static gboolean
is_locked (const VfSysfs *root, const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = openat (vf_sysfs_fd (root), path, O_RDONLY | O_CLOEXEC);
    gboolean locked;

    if (fd < 0)
        return FALSE;
    locked = fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close (fd);
    return locked;
}

const char *
vfd_libvirt_pulse_unit (const VfSysfs *root)
{
    return !is_locked (root, "run/libvirtd.pid") && is_locked (root, "run/virtqemud.pid")
               ? "virtqemud"
               : "libvirtd";
}

gboolean
vfd_libvirt_pulse_beats (const VfSysfs *root)
{
    return is_locked (root, "run/libvirtd.pid") || is_locked (root, "run/virtqemud.pid");
}
