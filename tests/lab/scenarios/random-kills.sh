# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 1800
# only when named
# 50 times a VM is started and stopped while the daemon is killed at some moment of it: in turns of the
# start and of the stop, over all of the time that each of them takes here.
. /lab/lib/vm-matrix.sh
. /lab/lib/moments.sh

remember_host
define_desk
be_activated
virsh -q start desk # the first time takes longer
stop_and_return
measure virsh -q start desk
starting=$took
measure stop_and_return
stopping=$took
settle_pairing "measured"
echo "a start takes $starting ms, a stop with the return of the GPU $stopping ms"

# Says in files how far it is.
start_and_stop () {
    virsh -q start desk && touch /run/lab/has-started && stop_and_return && touch /run/lab/has-stopped
}

# Counts a kill that is due now.
count_kill () {
    if [ ! -e /run/lab/has-started ]; then
        in_start=$((in_start + 1))
    elif [ ! -e /run/lab/has-stopped ]; then
        in_stop=$((in_stop + 1))
    else
        after_stop=$((after_stop + 1))
    fi
}

survived=0 in_start=0 in_stop=0 after_stop=0
for round in {1..50}; do
    be_activated
    rm -f /run/lab/has-{started,stopped}
    start_and_stop > /run/lab/log/operation 2>&1 &
    operation=$!
    if [ $((round % 2)) = 1 ]; then
        wait_at_random 0 "$starting"
    else
        within 20 test -e /run/lab/has-started || :
        wait_at_random 0 "$stopping"
    fi
    count_kill
    kill_and_replace_daemon "0.$((RANDOM % 900 + 100))"
    wait "$operation" || :
    ! settle_run "round $round" || survived=$((survived + 1))
done
echo "killed: $in_start times in the start, $in_stop times in the stop, $after_stop times after it"
is "$survived" 50 "50 kills at random moments of start and stop: the GPU came back each time"
is "$((in_start >= 15 && in_stop >= 15))" 1 "many of them were in the start, and many in the stop"
