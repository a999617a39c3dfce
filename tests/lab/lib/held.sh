# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A switch that stands still at a known place, because the one whose turn it is was held there.

# The sentence of the step that runs.
step_that_runs () {
    local path=/org/virtflow/VirtFlow1/gpu/${dgpu//[:.]/_}
    busctl --json=short get-property org.virtflow.VirtFlow1 "$path" org.virtflow.VirtFlow1.Gpu \
        Steps | grep -o '\["[^"]*","running"' | cut -d'"' -f2
}

# Whether a step runs whose sentence begins with a pattern.
step_is () {
    local step
    step=$(step_that_runs) && [[ $step == $1* ]]
}

# begin DIRECTION STEP WHAT: the switch, in the background, until it waits for what is held, at the
# step whose sentence begins with the pattern STEP.
begin () {
    virtflow "$1" "$dgpu.0" > /dev/null 2>&1 &
    switching=$!
    succeeds "$3: it waits there" within 20 step_is "$2"
}

# The worker of the switch that runs, not its listener: it does not even take the step that it is given.
hold_running_worker () {
    worker=$(pgrep -f ^/usr/libexec/virtflow-worker)
    kill -STOP "$worker"
}

# Returns when it has ended, for nobody listens to it any more.
let_running_worker_go () {
    kill -CONT "$worker"
    within 20 process_is_gone "$worker"
}
