# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 300
# libvirt is restarted under a VM that runs with its GPU, and dies together with QEMU in every order:
# the card is healthy after each. That libvirtd dies first and stays away is in main-job. And it does not
# answer for a long time.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
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

# What does not need libvirt goes on while others wait for it; and nobody waits for ever.
# Whether a command has its connection, and the thread that asks libvirt.
waits_for_libvirt () {
    grep -qx libvirt "/proc/$1"/task/*/comm
}

define_vm deaf ignores
virsh -q start deaf
succeeds "a guest that ignores the power button comes up" within 30 guest_is_up deaf
virtflow stop deaf > /run/lab/stop 2>&1 &
stopping=$!
succeeds "somebody waits for its end" within 10 waits_for_libvirt "$stopping"
hold libvirtd
virtflow status > /run/lab/status 2>&1 &
looking=$!
succeeds "silent: a GPU is lent" answers_within 20 virtflow lend "$dgpu.0"
succeeds "silent: and returned" answers_within 20 virtflow return "$dgpu.0"
status=0
answers_within 30 virtflow vms || status=$?
is "$status" 13 "silent: what needs libvirt gives up"
like "$(cat /run/lab/answer)" "libvirt has not answered for 20 seconds" "silent: and says why"
succeeds "silent: virtflow status goes on without it" wait "$looking"
like "$(cat /run/lab/status)" "$dgpu\.0.*The VMs are not known" "silent: and says so"
succeeds "silent: who waits for the end of a VM gives up as well" within 90 process_is_gone "$stopping"
like "$(cat /run/lab/stop)" "libvirt went away" "silent: and says why"
let_go libvirtd
is "$(vm_state deaf)" running "the VM runs on"
virsh -q destroy deaf
invariants_hold "at the end"
