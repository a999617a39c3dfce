#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Leaves the emulated host as a scenario expects it: no VM, VirtFlow without memory, every GPU home.
set -u
for part in report wait services gpu vm fault; do
    . "/lab/lib/$part.sh"
done
shopt -s nullglob

# What a scenario that was ended in its middle did not put back itself.
undo_arrangements () {
    end_all_faults
    let_all_go
    kill_service holder
    put_hook_back
    put_vfio_module_back
    put_polkit_back
    rm -f "$polkit_rule"
    if [ -e "$fault_folder" ]; then
        stop_virtflow KILL
        put_stores_back
        rm -r "$fault_folder"
    fi
    if [ -e "$virtflow_dropin" ]; then
        rm "$virtflow_dropin"
        stop_virtflow
    fi
}

# Those of lib/matrix.sh are file systems of their own.
put_stores_back () {
    local folder
    for folder in /run/virtflow /var/lib/virtflow; do
        ! mountpoint -q "$folder" || [ "$(stat -f -c %T "$folder")" != tmpfs ] || umount "$folder"
    done
}

forget_vms () {
    local file name
    for file in /run/libvirt/qemu/*.xml; do
        name=${file##*/}
        virsh -q destroy "${name%.xml}" > /dev/null
    done
    for file in /etc/libvirt/qemu/*.xml; do
        name=${file##*/}
        virsh -q undefine --managed-save "${name%.xml}" > /dev/null
    done
}

forget_pairings () {
    stop_virtflow
    rm -rf /run/virtflow/* /var/lib/virtflow/*
    start_virtflow
}

bring_home () {
    local slot
    leave_lab_drivers
    for slot in $dgpu $dgpu2; do
        is_home "$slot" || enumerate_anew "$slot"
    done
}

undo_arrangements
is_running libvirtd || start_libvirt
domains=(/run/libvirt/qemu/*.xml /etc/libvirt/qemu/*.xml)
[ ${#domains[@]} = 0 ] || forget_vms
state=(/run/virtflow/* /var/lib/virtflow/*)
[ ${#state[@]} = 0 ] || forget_pairings
[ ! -x /usr/libexec/virtflowd ] || is_running virtflowd || start_virtflow
bring_home
rm -f /run/lab/*.xml /run/lab/serial/*
