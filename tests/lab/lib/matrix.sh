# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The kill matrix: the daemon of the test build stands still, or fails, at one of its fault points, of
# which there is one at each transition of what it stores; then something dies; then all must be well.
# shellcheck disable=SC2154 # what lib/gpu.sh, lib/services.sh and lib/cycle.sh know
. /lab/lib/cycle.sh

# Its stores are small, so that they can be filled.
use_faulty_daemon () {
    local folder
    stop_virtflow
    for folder in /run/virtflow /var/lib/virtflow; do
        mount -t tmpfs -o "size=1m,mode=0700,uid=$(id -u virtflow),gid=$(id -g virtflow)" tmpfs \
            "$folder"
    done
    mkdir -p "$fault_folder"
    virtflow_program=/lab/programs/virtflowd-with-faults
    start_virtflow
}

# order NUMBER ACTION: the points that are passed count from now on.
order () {
    echo "$1 $2" > "$fault_folder/new"
    mv "$fault_folder/new" "$fault_folder/order"
}

withdraw_order () {
    rm -f "$fault_folder/order"
}

# reach NUMBER COMMAND...: runs it in the background until the daemon stands at that point; fails when
# the command ends before, and sets unfaulted to how.
reach () {
    order "$1" stop
    shift
    "$@" > /run/lab/log/operation 2>&1 &
    operation=$!
    until process_is_stopped "$(service_pid virtflowd)"; do
        if process_is_gone "$operation"; then
            unfaulted=0
            wait "$operation" || unfaulted=$?
            return 1
        fi
        pause
    done
}

end_operation () {
    withdraw_order
    kill -CONT "$(service_pid virtflowd)" 2> /dev/null || :
    wait "$operation" || :
}

# What happens at a point: ACTION_at NUMBER COMMAND... Fails when the command has no such point, and sets
# victim to none where there was nobody to kill, or nothing that could fail: then nothing was tried there.

# kill_and_replace_daemon SECONDS: after so long another one is there. On a real host a call of the
# hook starts the daemon anew and is kept until it is there. Here nothing would, so libvirt waits before
# it makes another one.
kill_and_replace_daemon () {
    hold libvirtd
    stop_virtflow KILL
    read -r -t "$1" -u "$silence" || :
    start_virtflow
    let_go libvirtd
}

kill_daemon_at () {
    reach "$@" || return 1
    withdraw_order
    kill_and_replace_daemon 0
    wait "$operation" || :
}

kill_worker_at () {
    reach "$@" || return 1
    pkill -KILL -f '^/usr/libexec/virtflow-worker' || victim=none
    end_operation
}

# What was typed: its daemon has to do without whoever asked.
kill_client_at () {
    reach "$@" || return 1
    kill -KILL "$operation"
    wait "$operation" 2> /dev/null || :
    end_operation
}

# libvirt goes on as it likes, and says what it says next.
kill_hook_at () {
    reach "$@" || return 1
    pkill -KILL -f "$hook desk" || victim=none
    end_operation
}

fill_disk_at () {
    reach "$@" || return 1
    fill_disk
    end_operation
    empty_disk
}

fill_disk () {
    local folder
    for folder in /run/virtflow /var/lib/virtflow; do
        head -c 2M /dev/zero > "$folder/ballast" 2> /dev/null || :
    done
}

empty_disk () {
    rm /run/virtflow/ballast /var/lib/virtflow/ballast
}

fail_write_at () {
    local number=$1 before
    shift
    before=$(points_reached)
    order "$number" fail
    unfaulted=0
    "$@" > /run/lab/log/operation 2>&1 || unfaulted=$?
    withdraw_order
    [ "$(points_reached)" != "$before" ] || return 1
    ! is_done_at_last_point || victim=none
}

# What is done at that point already does not fail any more.
is_done_at_last_point () {
    case $(last_point) in
        *'to be dropped') return 1 ;;
        *'journal written' | *dropped) return 0 ;;
        *) return 1 ;;
    esac
}

points_reached () {
    grep -c '^fault point' /run/lab/log/virtflowd || :
}

# Where the cells of a GPU without a VM begin.
be_home () {
    nothing_is_left
}

be_lent () {
    virtflow lend "$dgpu.0" > /run/lab/log/operation 2>&1
}

# settle WHAT: on one side by itself, if need be when the daemon starts again; from there it goes home.
settle () {
    within 5 on_one_side || {
        stop_virtflow
        start_virtflow
        within 20 on_one_side || lost "$1: not on one side" || return
    }
    ! is_lent "$dgpu" || virtflow return "$dgpu.0" > /run/lab/log/operation 2>&1 || :
    within 10 nothing_is_left || lost "$1"
}

# The card is home and nothing is left of it: not in the kernel, not in what is stored; and nothing else
# was touched.
nothing_is_left () {
    local function state claimant
    is_home "$dgpu" && find_state "$dgpu" && [ "$state $claimant" = "host none" ] &&
        others_are_unchanged || return 1
    for function in "$devices/$dgpu".*; do
        [ "$(cat "$function/driver_override")" = '(null)' ] || return 1
    done
    [ -z "$(ls /run/virtflow/gpu)" ] && anna_can_open "$host_node" &&
        [ "$(registers_of "$dgpu")" = "$host_registers" ] &&
        ! pgrep -f '^/usr/libexec/virtflow-worker' > /dev/null
}

# matrix NAME ACTIONS PREPARE SETTLE COMMAND...: at each point of the command one of the actions, or with
# "all" as the first of them each of them. PREPARE and SETTLE are functions: what must be before, and
# what brings the end of it back to where every cell begins; SETTLE fails when something was lost.
matrix () {
    local name=$1 actions=$2 prepare=$3 settle=$4 number=1 lost=0 action
    local -A tried=() idle=() # cells of each action: with a fault, and without one
    shift 4
    read -r -a actions <<< "$actions"
    while :; do
        for action in $(actions_for "$number" "${actions[@]}"); do
            "$prepare" || { begin_anew && "$prepare"; }
            victim=one
            if ! "${action}_at" "$number" "$@"; then
                withdraw_order
                let_go virtflowd # which may have come to that point behind the end of the command
                is "$unfaulted" 0 "$name: it does what it should when nothing fails"
                "$settle" "$name after its last point" || lost=$((lost + 1))
                break 2
            fi
            count_cell "$action"
            "$settle" "$name, $action at point $number ($(last_point))" || lost=$((lost + 1))
        done
        number=$((number + 1))
    done
    judge_matrix "$name" $((number - 1)) "$lost"
}

# cell NAME ACTION NUMBER PREPARE SETTLE COMMAND...: one of them, where the others take too long.
cell () {
    local name="$1, $2 at point $3" action=$2 number=$3 prepare=$4 settle=$5
    shift 5
    "$prepare"
    victim=one
    "${action}_at" "$number" "$@" || victim=none
    is "$victim" one "$name: there was somebody"
    succeeds "$name ($(last_point))" "$settle" "$name"
}

# In tried and idle of matrix.
count_cell () {
    if [ "$victim" = one ]; then
        tried[$1]=$((${tried[$1]-0} + 1))
    else
        idle[$1]=$((${idle[$1]-0} + 1))
    fi
}

# judge_matrix NAME POINTS LOST: an action that does nothing in most of its cells tests little.
judge_matrix () {
    local name=$1 points=$2 lost=$3 action faults=0 rare=''
    for action in "${actions[@]}"; do
        [ "$action" != all ] || continue
        echo "$name: $action tried ${tried[$action]-0} times; ${idle[$action]-0} times it had no victim"
        faults=$((faults + ${tried[$action]-0}))
        [[ ${tried[$action]-0} -gt 0 && ${tried[$action]-0} -ge ${idle[$action]-0} ]] || rare+=" $action"
    done
    is "$lost" 0 "$name: $faults faults at $points points, none of them lost the GPU"
    is "$rare" "" "$name: each kind of fault was tried, and had a victim at least every second time"
}

# actions_for NUMBER ACTION...: in turns, or all of them after the word all.
actions_for () {
    local number=$1
    shift
    if [ "$1" = all ]; then
        shift
        echo "$@"
    else
        shift $(((number - 1) % $#))
        echo "$1"
    fi
}

last_point () {
    grep '^fault point' /run/lab/log/virtflowd | tail -n 1 | cut -d' ' -f4-
}

# After something was lost: what follows is to find its own faults.
begin_anew () {
    stop_virtflow KILL
    rm -rf /run/virtflow/* /var/lib/virtflow/*
    enumerate_anew "$dgpu"
    remember_host
    start_virtflow
    [ ! -e /run/lab/desk.fixed ] || define_anew
}

# lost WHAT: says what is not as it should be.
lost () {
    # shellcheck disable=SC2012 # the names are VirtFlow's own
    printf '%s\n' "LOST: $1" "drivers: $(drivers_of "$dgpu"); state: $(virtflow_state)" \
        "stored: $(ls /run/virtflow/gpu /var/lib/virtflow/pairings | tr '\n' ' ')"
    diff "$others_then" <(others) || :
    tail -n 5 /run/lab/log/operation /run/lab/log/virtflowd
    return 1
}
