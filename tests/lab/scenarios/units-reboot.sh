# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 120
# needs: virtflow
# The host shuts down with a GPU lent and its VM running: that takes no longer than without; and a VM
# that libvirt starts at boot gets its GPU before anybody has asked for the daemon.
. /lab/lib/cycle.sh
. /lab/lib/units.sh

case $life in
    1)
        systemctl start libvirtd libvirt-guests
        define_vm desk answers
        reach_fixed_point desk
        cp /run/lab/desk.fixed /disk/
        remember_host
        echo "$host_registers" > /disk/registers
        virtflow activate desk "$dgpu.0" --yes
        virsh -q autostart desk
        virsh -q start desk
        running_with_gpu desk "before the reboot"
        shut_down reboot 60
        ;;
    2)
        remember_host
        is "$host_registers" "$(cat /disk/registers)" "the card is well after the reboot"
        is "$(drivers_of "$dgpu")" "$gpu_drivers" "and on its host drivers"
        is "$(unit_property virtflowd ActiveState)" inactive "the daemon does not run"
        systemctl start libvirtd
        succeeds "libvirt starts the VM by itself" within 60 guest_is_up desk
        running_with_gpu desk "started at boot"
        succeeds "the daemon, which the hook has started, watches it" within 20 virtflow_state_is in-use
        # Nobody asks the guest to power off this time.
        shut_down poweroff 60
        ;;
    3)
        remember_host
        is "$host_registers" "$(cat /disk/registers)" "the card is well after the power-off"
        systemctl start libvirtd
        succeeds "libvirt starts the VM by itself once more" within 60 guest_is_up desk
        virsh -q destroy desk
        home_again "destroyed"
        virsh -q autostart --disable desk
        virtflow deactivate desk
        domain_text desk > /run/lab/desk.after
        succeeds "the VM is as it was" diff -u /disk/desk.fixed /run/lab/desk.after
        ;;
esac
