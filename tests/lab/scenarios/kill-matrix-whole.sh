# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 3600
# only when named
# Each kind of fault at each transition of what the daemon stores, in all that it does.
. /lab/lib/vm-matrix.sh

use_faulty_daemon
remember_host
all='all kill_daemon kill_worker fill_disk fail_write'

matrix lend "$all" be_home settle virtflow lend "$dgpu.0"
matrix return "$all" be_lent settle virtflow return "$dgpu.0"

define_desk
matrix activate "$all" be_home settle_pairing virtflow activate desk "$dgpu.0" --yes
matrix deactivate "$all" be_activated settle_pairing virtflow deactivate desk
matrix start "$all" be_activated settle_run virsh -q start desk
matrix stop "$all" be_running settle_run virsh -q destroy desk
