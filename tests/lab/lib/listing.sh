# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is on the host's disk, in an order that two of them can be compared in.

# Every file of /etc with what is in it.
etc () {
    {
        find /etc -xdev -type f -exec md5sum {} +
        find /etc -xdev -printf '%p %m %U %G %l\n'
    } | sort
}

# Everything but what the system's own services write down while they run, and the copies of lists of
# users that are made before these change.
whole_host () {
    {
        etc
        find / -xdev \( -path /etc -o -path /lab -o -path /disk -o -path /tmp -o -path /root \
            -o -path /var/log -o -path /var/tmp -o -path '/var/cache/*' -o -path '/var/lib/dpkg/*' \
            -o -path '/var/lib/apt/*' -o -path '/var/lib/systemd/*' -o -path '/var/lib/libvirt/*' \) -prune \
            -o -printf '%p %y %m %U %G %l\n'
    } | grep -vE '/etc/(passwd|group|shadow|gshadow)-( |$)' | sort
}
