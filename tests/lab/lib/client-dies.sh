# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who asks the daemon for something is killed at some moment: the program that activates or deactivates a
# VM, and the hook that libvirt calls. Counted is what was killed in time, and what was well after that.
# shellcheck disable=SC2154 # what lib/vm-matrix.sh and those it reads know
. /lab/lib/vm-matrix.sh
. /lab/lib/moments.sh

killed=0
survived=0

# client_dies PART PARTS MILLISECONDS PREPARE COMMAND...: the command, in that part of the time that it
# takes. "virtflow" becomes the program that works, so there is one process to kill. After every second
# of them the daemon dies as well, and what is left is for the next one.
client_dies () {
    local part=$1 parts=$2 limit=$3 prepare=$4 operation
    shift 4
    "$prepare"
    "$@" > /run/lab/log/operation 2>&1 &
    operation=$!
    wait_in_part "$part" "$parts" "$limit"
    ! kill -KILL "$operation" 2> /dev/null || killed=$((killed + 1))
    wait "$operation" 2> /dev/null || :
    echo "$2, killed in part $part of $parts: $(what_is_there)"
    if [ $((part % 2)) = 0 ]; then
        stop_virtflow KILL
        start_virtflow
    fi
    ! settle_client "$2, killed in part $part of $parts" || survived=$((survived + 1))
}

what_is_there () {
    local named=no paired=no
    ! is_activated || named=yes
    ! pairing_is_stored || paired=yes
    echo "the GPU is $(virtflow_state), the VM names it: $named, they are paired: $paired"
}

# catch_hook CALL: libvirt has called it for the VM (prepare, started, stopped or release), and it stays
# there as long as the daemon is held.
catch_hook () {
    call=$1
    within 20 find_hook "$call" || echo "libvirt has not called $call"
}

find_hook () {
    caught=$(pgrep -f "$hook desk $1 ")
}

# kill_hook: the one that was caught. Nothing that takes time comes before: it may be about to end.
kill_hook () {
    if kill -KILL "$caught" 2> /dev/null; then
        killed=$((killed + 1))
    else
        echo "$call has ended before"
    fi
}

# kill_hook_within MILLISECONDS: after the daemon goes on; with 0 it goes on after that.
kill_hook_within () {
    if [ "$1" != 0 ]; then
        let_go virtflowd
        wait_at_random 0 "$1"
    fi
    kill_hook
    let_go virtflowd
}

qemu_is_there () {
    [ -e /run/libvirt/qemu/desk.pid ]
}

# start_while_hook_dies MILLISECONDS CALL
start_while_hook_dies () {
    be_activated
    [ "$2" != prepare ] || hold virtflowd
    virsh -q start desk > /run/lab/log/operation 2>&1 &
    operation=$!
    if [ "$2" != prepare ]; then
        within 30 qemu_is_there
        hold virtflowd
    fi
    catch_hook "$2"
    kill_hook_within "$1"
    settle_hook
}

# stop_while_hooks_die MILLISECONDS CALL...: all of them but the last one while the daemon is held.
stop_while_hooks_die () {
    local limit=$1
    shift
    be_running
    hold virtflowd
    virsh -q destroy desk > /run/lab/log/operation 2>&1 &
    operation=$!
    while [ $# -gt 1 ]; do
        catch_hook "$1"
        kill_hook
        shift
    done
    catch_hook "$1"
    kill_hook_within "$limit"
    settle_hook
}

# settle_hook: after the last call that was killed.
settle_hook () {
    wait "$operation" || :
    echo "the hook killed in $call: the VM is $(vm_state desk), the GPU $(virtflow_state)"
    ! settle_run "the hook killed in $call" || survived=$((survived + 1))
}
