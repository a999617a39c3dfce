# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# Another program gives every function that has no driver to whichever takes it, all the time, as udev
# and modprobe may at any moment: the card still goes where it is sent.
. /lab/lib/cycle.sh
. /lab/lib/invariants.sh

remember_host
remember_invariants
(while :; do
    for function in "$devices/$dgpu".*; do
        echo "${function##*/}" > /sys/bus/pci/drivers_probe
    done
done) 2> /dev/null &
grabber=$!
for round in 1 2 3; do
    succeeds "round $round: lent" virtflow lend "$dgpu.0"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "round $round: both functions are on vfio-pci"
    succeeds "round $round: returned" virtflow return "$dgpu.0"
    is "$(drivers_of "$dgpu")" "$gpu_drivers" "round $round: the host has its card"
done
kill "$grabber"
home_again "at the end"
invariants_hold "at the end"
