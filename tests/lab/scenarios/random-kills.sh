# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 1800
# only when named
# 50 times a VM is started and stopped while the daemon is killed at some moment of it.
. /lab/lib/vm-matrix.sh

remember_host
define_desk
survived=0
for round in {1..50}; do
    be_activated
    { virsh -q start desk && virsh -q destroy desk; } > /run/lab/log/operation 2>&1 &
    operation=$!
    printf -v moment '%d.%03d' $((RANDOM % 3)) $((RANDOM % 1000))
    read -r -t "$moment" -u "$silence" || :
    printf -v moment '0.%03d' $((RANDOM % 1000))
    kill_and_replace_daemon "$moment"
    wait "$operation" || :
    ! settle_run "round $round" || survived=$((survived + 1))
done
is "$survived" 50 "50 kills at random moments of start and stop: the GPU came back each time"
