# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# only when named
# deadline: 240
# libvirt is restarted under a VM that runs with its GPU, and dies together with QEMU in every order:
# the card is healthy after each. That libvirtd dies first and stays away is in main-job.
. /lab/lib/cycle.sh
. /lab/lib/invariants.sh

define_vm desk answers
remember_host
remember_invariants
virtflow activate desk "$dgpu.0" --on-start --yes

# started WHAT: a VM that has the card.
started () {
    virsh -q start desk
    running_with_gpu desk "$1"
    qemu=$(vm_pid desk)
}

desk_runs () {
    [ "$(vm_state desk)" = running ]
}

# over WHAT
over () {
    succeeds "$1: libvirt knows that the VM is off" within 30 vm_is_off desk
    home_again "$1"
    invariants_hold "$1"
}

started "before a restart of libvirt"
stop_libvirt
start_libvirt
succeeds "restarted: libvirt knows that the VM runs" within 30 desk_runs
is "$(vm_pid desk)" "$qemu" "restarted: in the same QEMU"
is "$(virtflow_state)" in-use "restarted: VirtFlow leaves it the card"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "restarted: both functions are on vfio-pci"
virsh -q destroy desk
over "restarted"

started "before QEMU dies first"
hold libvirtd # or it could note the death before its own
kill_qemu desk
stop_libvirt KILL
home_again "QEMU, then libvirtd: without libvirt"
start_libvirt
over "QEMU, then libvirtd"

started "before both die and libvirt is back at once"
kill -KILL "$(service_pid libvirtd)" "$qemu"
start_libvirt
over "both, and libvirtd back at once"

started "before libvirtd dies and comes back between QEMU's death and the card's return"
stop_libvirt KILL
kill -KILL "$qemu"
succeeds "libvirtd, then QEMU: the card is on its way home" within 20 virtflow_state_is returning
start_libvirt
over "libvirtd, then QEMU, and libvirtd back meanwhile"
virtflow deactivate desk
invariants_hold "at the end"
