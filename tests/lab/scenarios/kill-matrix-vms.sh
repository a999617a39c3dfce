# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 3600
# only when named
# Each kind of fault at each transition of what the daemon stores while a VM gets and loses its GPU.
. /lab/lib/vm-matrix.sh

use_faulty_daemon
remember_host
all='all kill_daemon kill_worker fill_disk fail_write'

define_desk
matrix start "$all" be_activated settle_run virsh -q start desk
matrix stop "$all" be_running settle_run stop_and_return
matrix activate "$all" be_home settle_pairing virtflow activate desk "$dgpu.0" --yes
matrix deactivate "$all" be_activated settle_pairing virtflow deactivate desk
