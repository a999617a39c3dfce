# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 5400
# only when named
# Each kind of fault at each transition of what the daemon stores while a VM gets and loses its GPU. In a
# stop the hook is there at two points only: client-dies kills it there. The deactivation of a VM whose
# GPU is home has no worker.
. /lab/lib/vm-matrix.sh

use_faulty_daemon
remember_host
all='all kill_daemon kill_worker fill_disk fail_write'

define_desk
matrix start "$all kill_hook" be_activated settle_run virsh -q start desk
matrix "start again" "all kill_daemon" be_used_up settle_run virsh -q start desk
matrix stop "$all" be_running settle_run stop_and_return
matrix activate "$all" be_home settle_pairing virtflow activate desk "$dgpu.0" --yes
matrix activate "all kill_client" be_home settle_client virtflow activate desk "$dgpu.0" --yes
matrix deactivate "all kill_daemon fill_disk fail_write" be_activated settle_pairing virtflow deactivate desk
matrix "deactivate, lent" "$all" be_lent_to_desk settle_pairing virtflow deactivate desk
matrix "deactivate, lent" "all kill_client" be_lent_to_desk settle_client virtflow deactivate desk
