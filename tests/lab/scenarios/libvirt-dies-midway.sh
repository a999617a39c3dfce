# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# libvirtd is killed while it starts a VM, under it, and while it stops it: the card is well after each.
. /lab/lib/cycle.sh

enabled () {
    cat "$devices/$dgpu".*/enable | paste -sd' '
}

well () {
    home_again "$1"
    is "$(enabled)" "$enabled_before" "$1: both functions are enabled as before"
}

# A worker that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000
define_vm desk answers
remember_host
enabled_before=$(enabled)
virtflow activate desk "$dgpu.0" --on-start --yes

# dies_in_prepare WHAT [THEN...]: libvirtd does, while the card is being lent; THEN, before it is lent.
dies_in_prepare () {
    local what=$1 starting
    shift
    hold_worker
    virsh -q start desk > /dev/null 2>&1 &
    starting=$!
    succeeds "$what: libvirtd waits for its hook" within 20 virtflow_state_is lending
    stop_libvirt KILL
    "$@"
    let_worker_go
    wait "$starting" || :
    well "$what"
}

dies_in_prepare "killed before QEMU was there"
start_libvirt
is "$(vm_state desk)" "shut off" "libvirtd is back: the VM is off"
well "killed before QEMU was there, and back"
dies_in_prepare "killed before QEMU was there, and back at once" start_libvirt

virsh -q start desk
running_with_gpu desk "running"
succeeds "running: QEMU is watched" within 20 virtflow_state_is in-use
stop_libvirt KILL
is "$(virtflow_state) $(drivers_of "$dgpu")" "in-use vfio-pci vfio-pci" \
    "killed under the VM: the card is where it was"
start_libvirt
is "$(vm_state desk)" running "libvirtd is back: the VM runs on"
guest_sees_gpu desk "with its GPU"

hold virtflowd
kill_qemu desk
succeeds "stopping: libvirtd waits for its hook" within 20 pgrep -f '50-virtflow desk stopped'
stop_libvirt KILL
let_go virtflowd
well "killed between the two hooks of a stop"
start_libvirt
succeeds "libvirtd is back and knows that the VM is off" within 30 vm_is_off desk
well "killed between the two hooks of a stop, and back"

succeeds "the card can be lent" virtflow lend "$dgpu.0"
succeeds "and returned" virtflow return "$dgpu.0"
virtflow deactivate desk
well "at the end"
