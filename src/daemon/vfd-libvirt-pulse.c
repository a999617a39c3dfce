/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the knowledge of where libvirt's pid files are and what a lock on them means. */
#include "vfd-libvirt-pulse.h"

#include <fcntl.h>
#include <unistd.h>

/* The process that has the file locked against readers, which only who may write to it can; 0 when
 * none has, -1 for one that the kernel does not name (fcntl(2): another pid namespace). */
static pid_t
owner_of (const VfSysfs *root, const char *path)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    int fd = openat (vf_sysfs_fd (root), path, O_RDONLY | O_CLOEXEC);
    gboolean locked;

    if (fd < 0)
        return 0;
    locked = fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close (fd);
    if (!locked)
        return 0;
    return lock.l_pid > 0 ? lock.l_pid : -1;
}

const char *
vfd_libvirt_pulse_unit (const VfSysfs *root)
{
    return owner_of (root, "run/libvirtd.pid") == 0 && owner_of (root, "run/virtqemud.pid") != 0
               ? "virtqemud"
               : "libvirtd";
}

pid_t
vfd_libvirt_pulse_owner (const VfSysfs *root)
{
    pid_t libvirtd = owner_of (root, "run/libvirtd.pid");

    return libvirtd != 0 ? libvirtd : owner_of (root, "run/virtqemud.pid");
}

gboolean
vfd_libvirt_pulse_is (const VfSysfs *root, pid_t daemon)
{
    return owner_of (root, "run/libvirtd.pid") == daemon
           || owner_of (root, "run/virtqemud.pid") == daemon;
}

gboolean
vfd_libvirt_pulse_beats (const VfSysfs *root)
{
    return vfd_libvirt_pulse_owner (root) != 0;
}
