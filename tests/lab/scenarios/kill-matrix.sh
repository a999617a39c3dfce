# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 300
# At each transition of what the daemon stores something dies or fails, the kinds of faults in turns;
# kill-matrix-whole and kill-matrix-vms do each of them at each. Then once who activates a VM, and once
# the hook that starts it; client-dies kills them at any moment.
. /lab/lib/vm-matrix.sh
. /lab/lib/refusal.sh

use_faulty_daemon
remember_host
actions='kill_daemon fill_disk fail_write kill_worker kill_client'

fill_disk
refused 1 internal virtflow lend "$dgpu.0"
like "$(cat /run/lab/refusal)" "No space left on device" "with the disk full: it is said why"
empty_disk
be_lent
fill_disk
succeeds "a return goes on with the disk full" virtflow return "$dgpu.0"
home_again "returned with the disk full"
empty_disk

matrix lend "$actions" be_home settle virtflow lend "$dgpu.0"
matrix return "$actions" be_lent settle virtflow return "$dgpu.0"

define_desk
cell activate kill_client 24 be_home settle_client virtflow activate desk "$dgpu.0" --yes
cell start kill_hook 5 be_activated settle_run virsh -q start desk
cell start kill_hook 12 be_activated settle_run virsh -q start desk
