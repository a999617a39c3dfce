# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# The host sleeps while a card is lent, and while a VM has it. No firmware would wake the emulated host,
# so this is the kernel's own test of it: every program is frozen, every driver is told to suspend, and
# a second later to resume (Documentation/power/basic-pm-debugging.rst).
. /lab/lib/cycle.sh
. /lab/lib/invariants.sh

echo devices > /sys/power/pm_test
echo 1 > /sys/module/suspend/parameters/pm_test_delay

# host_sleeps WHAT: the kernel says how often it did.
host_sleeps () {
    local before
    before=$(cat /sys/power/suspend_stats/success)
    echo freeze > /sys/power/state || :
    is "$(cat /sys/power/suspend_stats/success)" $((before + 1)) "$1: the host sleeps and wakes"
}

define_vm desk answers
remember_host
remember_invariants
virtflow lend "$dgpu.0"
host_sleeps "lent"
is "$(drivers_of "$dgpu"), $(virtflow_state)" "vfio-pci vfio-pci, lent" "lent: it still is"
invariants_hold "slept while it was lent"
virtflow return "$dgpu.0"
home_again "lent while the host slept"

virtflow activate desk "$dgpu.0" --yes
virsh -q start desk
running_with_gpu desk "started"
host_sleeps "in use"
is "$(vm_state desk), $(virtflow_state)" "running, in-use" "in use: it still is"
virsh -q shutdown desk
succeeds "the guest powers off" within 60 vm_is_off desk
home_again "in use while the host slept"
host_sleeps "home"
virsh -q start desk
running_with_gpu desk "started again"
virsh -q destroy desk
virtflow deactivate desk
home_again "deactivated"
invariants_hold "at the end"
echo none > /sys/power/pm_test
