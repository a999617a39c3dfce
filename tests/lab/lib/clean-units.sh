#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Leaves a host whose process 1 is systemd as a scenario expects it: no VM, VirtFlow as it was
# installed and not running, nor libvirt, every GPU home, no unit that has failed.
set -u
for part in report wait services gpu vm units; do
    . "/lab/lib/$part.sh"
done
shopt -s nullglob

domains=(/run/libvirt/qemu/*.xml /etc/libvirt/qemu/*.xml)
for file in "${domains[@]}"; do
    vm=${file##*/}
    virsh -q destroy "${vm%.xml}" > /dev/null 2>&1
    virsh -q undefine "${vm%.xml}" > /dev/null 2>&1
done
[ ! -e "$virtflow_configuration" ] || configuration_is_whole
rm -f "$virtflow_dropin"
rm -f "$polkit_rule"
systemctl stop virtflowd libvirtd
rm -rf /run/virtflow/* /var/lib/virtflow/*
is_home "$dgpu" || enumerate_anew "$dgpu"
systemctl reset-failed
