# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# The daemon is killed, and the worker of its switch comes to the step that it was given only when the
# next daemon has put everything right already: the step must not be carried out any more.
. /lab/lib/cycle.sh
. /lab/lib/held.sh

# A helper that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000
remember_host
hold helper-probe
begin lend "see that no program" "the unbind is ahead"
hold_running_worker
let_go helper-probe
succeeds "the worker is told to unbind" within 20 step_is unbind
stop_virtflow KILL
wait "$switching" || :
start_virtflow
succeeds "the next daemon finds one side" within 30 on_one_side
let_running_worker_go
virtflow recover || :
home_again "after recover"
