# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by process 1: the file systems and folders that systemd would have made.

mount_all () {
    mount -t tmpfs -o mode=0755 tmpfs /run
    mkdir -p /dev/pts /dev/shm /run/{lock,dbus,udev,lab/log,lab/serial,lab/pid} /var/lib/virtflow \
        /disk
    mount -t devpts devpts /dev/pts
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    rm -rf /var/run /var/lock
    ln -s /run /var/run
    ln -s /run/lock /var/lock
    ip link set lo up
    ln -s /proc/self/fd /dev/fd
    ln -s fd/0 /dev/stdin
    ln -s fd/1 /dev/stdout
    ln -s fd/2 /dev/stderr
    [ ! -b /dev/vdb ] || mount_disk
    install -d -o virtflow -g virtflow -m 0700 /run/virtflow /var/lib/virtflow
    chmod 0711 /run/lab/serial
    # There is no journal, in which the probe finds the kernel's words on other hosts.
    echo 0 > /proc/sys/kernel/dmesg_restrict
    make_guest_disks
}

# A BIOS reads a disk only if it has a cylinder.
make_guest_disks () {
    truncate -s 1M /lab/guest/*.img
}

# What has to outlive a reboot of the host lies on a disk that the runner keeps for it.
mount_disk () {
    local folder
    mount -t ext4 -o noatime /dev/vdb /disk
    for folder in etc/libvirt/qemu var/lib/libvirt var/lib/virtflow; do
        if [ ! -d "/disk/$folder" ]; then
            mkdir -p "/disk/$folder"
            cp -a "/$folder/." "/disk/$folder/"
        fi
        mount --bind "/disk/$folder" "/$folder"
    done
}

# A host that VirtFlow was never on: the package makes the daemon's user. Its boot loader is the lab's:
# "update-grub" writes down what GRUB would give the kernel, and the next start takes it from there.
# Debian's kernel uses an IOMMU of Intel's without being told to, so here it was told not to.
make_new_host () {
    local file
    [ ! -e /etc/default/grub ] || return 0
    for file in passwd group; do
        sed -i '/^virtflow:/d' "/etc/$file"
    done
    touch /etc/shadow /etc/gshadow
    rm -rf /var/lib/virtflow
    mkdir -p /disk /boot/grub /etc/default
    cat > /etc/default/grub << 'END'
# If you change this file, run 'update-grub' afterwards to update
# /boot/grub/grub.cfg.
GRUB_DEFAULT=0
GRUB_TIMEOUT=5
GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=off"
GRUB_CMDLINE_LINUX=""
END
    install -m 755 /lab/host/update-grub /usr/sbin/update-grub
    update-grub
}
