# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# only when named
# shapes: one
# deadline: 400
# How long it takes to lend and return both functions: VirtFlow, driverctl, and bare writes, in turns.
# A line for each figure: bench, name, milliseconds.

# The median of the lines of a file, in microseconds, printed in milliseconds.
median () {
    local values middle
    mapfile -t values < <(sort -n "$1")
    middle=$(((values[(${#values[@]} - 1) / 2] + values[${#values[@]} / 2]) / 2))
    printf '%d.%d' $((middle / 1000)) $((middle / 100 % 10))
}

timed () {
    local file=$1 started=${EPOCHREALTIME/./}
    shift
    "$@"
    echo $((${EPOCHREALTIME/./} - started)) >> "$file"
}

by_driverctl () {
    local function
    for function in "$devices/$dgpu".*; do
        driverctl --nosave "$1" "${function##*/}" ${2+"$2"}
    done
}

modprobe vfio-pci
results=$(mktemp -d)
for round in 1 2 3 4 5 6 7 8 9 10; do
    timed "$results/lend-by-hand" lend_by_hand "$dgpu"
    timed "$results/return-by-hand" return_by_hand "$dgpu"
    timed "$results/lend-driverctl" by_driverctl set-override vfio-pci
    timed "$results/return-driverctl" by_driverctl unset-override
    while read -r direction microseconds; do
        echo "$microseconds" >> "$results/$direction-virtflow"
    done < <(/lab/programs/lend-bench "$dgpu.0" 1)
    is "$(drivers_of "$dgpu")" "$gpu_drivers" "round $round: the GPU is home"
done
for file in "$results"/*-*; do
    printf 'bench\t%s\t%s\n' "${file##*/}" "$(median "$file")"
done

# The daemon when nothing happens: what it has in memory, and how often it wakes in ten seconds.
wake_ups () {
    local status name value sum=0
    for status in "/proc/$daemon"/task/*/status; do
        while read -r name value _; do
            [ "$name" != voluntary_ctxt_switches: ] || sum=$((sum + value))
        done < "$status"
    done
    echo "$sum"
}
daemon=$(service_pid virtflowd)
resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$daemon/status")
read -r -t 2 -u "$silence" || : # events of the last round settle
before=$(wake_ups)
read -r -t 10 -u "$silence" || :
printf 'bench\tdaemon-resident\t%d.%d\n' $((resident / 1024)) $((resident * 10 / 1024 % 10))
printf 'bench\tdaemon-wake-ups\t%d\n' $(($(wake_ups) - before))
