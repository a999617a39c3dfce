# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: twins
# deadline: 240
# The daemon is killed while a driver does not return from remove(): before it has given the worker up,
# and after. The next daemon leaves the card alone, serves the other GPU, finds out when the kernel lets
# go, and brings the card home.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/held.sh
. /lab/lib/invariants.sh

virtflow_with step-deadline=4000
put_on faultgpu "$dgpu"
remember_host
remember_invariants

# left_alone WHAT: by a daemon that has just started.
left_alone () {
    local seen workers
    succeeds "$1: the next daemon says wedged" within 20 virtflow_state_is wedged
    seen=$(seen_by_driver)
    workers=$(workers_started)
    fails_with 11 wedged "$1: to lend it is refused" virtflow lend "$dgpu.0"
    fails_with 11 wedged "$1: and to return it" virtflow return "$dgpu.0"
    is "$(workers_started)" "$workers" "$1: and no worker is started for that"
    answers "$1" 50
    succeeds "$1: the other GPU can be lent" answers_within 20 virtflow lend "$dgpu2.0"
    succeeds "$1: and returned" answers_within 20 virtflow return "$dgpu2.0"
    is "$(seen_by_driver)" "$seen" "$1: nothing touched the card"
    invariants_hold "$1" "$dgpu.0" "$dgpu.1"
}

# kernel_lets_go WHAT
kernel_lets_go () {
    end_fault hang_remove
    home_again "$1: the kernel has let go"
    invariants_hold "$1: the kernel has let go"
}

begin_fault hang_remove
fails_with 11 wedged "the call is answered" virtflow lend "$dgpu.0"
stop_virtflow KILL
start_virtflow
left_alone "killed when it knew"
kernel_lets_go "killed when it knew"

begin_fault hang_remove
begin lend "unbind $dgpu.0" "killed before it knew"
stop_virtflow KILL
wait "$switching" || :
start_virtflow
left_alone "killed before it knew"
succeeds "killed before it knew: recover answers, and says wedged" tells_of_wedge virtflow recover
succeeds "killed before it knew: and it stays wedged" within 20 virtflow_state_is wedged
kernel_lets_go "killed before it knew"
