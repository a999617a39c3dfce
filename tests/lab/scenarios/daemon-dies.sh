# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 400
# The daemon is killed at bad moments; the card is on one side when it is back. kill-matrix does it at
# each transition of what is stored, random-kills at any moment.
. /lab/lib/cycle.sh
. /lab/lib/held.sh

# A helper that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000
remember_host
virtflow lend "$dgpu.0"
stop_virtflow KILL
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "lent by hand: the card stays where it is"
start_virtflow
is "$(virtflow_state)" lent "and the daemon knows it when it is back"
virtflow return "$dgpu.0"
home_again "returned by the daemon that came after"

define_vm desk answers
virtflow activate desk "$dgpu.0" --on-start --yes
virsh -q start desk
running_with_gpu desk "started"
stop_virtflow KILL
start_virtflow
succeeds "a daemon that came after knows of the running VM" within 20 virtflow_state_is in-use
is "$(vm_state desk)" running "which runs on"
virsh -q destroy desk
home_again "the VM ended under that daemon"

virsh -q start desk
running_with_gpu desk "started once more"
stop_virtflow KILL
virsh -q destroy desk
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "the VM ended without a daemon: the card waits on vfio-pci"
start_virtflow
home_again "the release that nobody heard is made good"
virtflow deactivate desk

# killed_here WHERE: the daemon dies; then what was held goes on, with what it was told before.
killed_here () {
    stop_virtflow KILL
    wait "$switching" || :
    let_all_go
    after_kill "$1"
}

after_kill () {
    start_virtflow
    succeeds "$1: one side" within 30 on_one_side
    virtflow return "$dgpu.0" || :
    home_again "$1, then returned"
}

modprobe -r vfio-pci
hold helper-modules
begin lend "load" "killed before the driver is loaded"
killed_here "killed before the driver is loaded"

hold helper-probe
begin lend "see that no program" "killed between the fence and the first unbind"
is "$(cat "$devices/$dgpu.0/driver_override")" vfio-pci "the card is reserved at that place"
is "$(drivers_of "$dgpu")" "$gpu_drivers" "and still with its drivers"
fails "and an ordinary user cannot open $host_node any more" "Permission denied" anna_can_open "$host_node"
killed_here "killed between the fence and the first unbind"

# The worker is held with the first unbind on its way to it, and looks at it when nobody listens any
# more: what the dead have asked for is not carried out.
hold helper-probe
begin lend "see that no program" "killed in the first unbind"
hold_running_worker
let_go helper-probe
succeeds "killed in the first unbind: it is told to" within 20 step_is unbind
stop_virtflow KILL
wait "$switching" || :
let_running_worker_go
is "$(drivers_of "$dgpu")" "$gpu_drivers" "killed in the first unbind: nothing more is done"
after_kill "killed in the first unbind"

# Whatever the first step for the worker is; before it comes "see that no VM uses the card".
virtflow lend "$dgpu.0"
hold_worker
begin return "[!s]" "killed while returning"
killed_here "killed while returning"
