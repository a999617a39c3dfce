# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# The daemon is killed at bad moments; the card is on one side when it is back.
. /lab/lib/cycle.sh

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

for moment in 1 2 3 4 5 6; do
    virtflow lend "$dgpu.0" > /dev/null 2>&1 &
    read -r -t "0.$((moment + 1))" -u "$silence" || :
    stop_virtflow KILL
    wait $! || :
    start_virtflow
    succeeds "killed while lending ($moment): one side" within 20 on_one_side
    virtflow return "$dgpu.0" || :
    home_again "killed while lending ($moment), then returned"
done
