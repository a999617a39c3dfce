# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: twins
# only when named
# deadline: 1800
# A thousand times virtflow status with a GPU that is wedged take no longer than without one. In rounds,
# each before, with and after a wedge, for the machine under this one is not always as fast.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh

rounds=10 calls=100 # of each
virtflow_with step-deadline=2000
put_on faultgpu "$dgpu"
remember_host
without=0 with=0

# Adds the time of the calls, in milliseconds, to the variable of that name.
measure () {
    local -n sum=$1
    local started=${EPOCHREALTIME/./} i
    for ((i = 0; i < $2; i++)); do
        virtflow status > /dev/null || failed=$((failed + 1))
    done
    sum=$((sum + $(milliseconds_since "$started")))
}

failed=0
for ((round = 0; round < rounds; round++)); do
    measure without $((calls / 2))
    begin_fault hang_remove
    virtflow lend "$dgpu.0" > /dev/null 2>&1 || :
    is "$(virtflow_state)" wedged "round $((round + 1)): wedged"
    measure with "$calls"
    end_fault hang_remove
    within 60 is_home "$dgpu"
    within 30 virtflow_state_is host
    measure without $((calls / 2))
done
echo "$((rounds * calls)) times virtflow status: $without ms without, $with ms with a wedged GPU"
is "$failed" 0 "every call answers"
succeeds "no longer than without" test $((with * 100)) -le $((without * 110))
home_again "at the end"
