# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 1800
# only when named
# Each kind of fault at each transition of what the daemon stores while it lends and returns a GPU.
. /lab/lib/matrix.sh

use_faulty_daemon
remember_host
all='all kill_daemon kill_worker kill_client fill_disk fail_write'

matrix lend "$all" be_home settle virtflow lend "$dgpu.0"
matrix return "$all" be_lent settle virtflow return "$dgpu.0"
