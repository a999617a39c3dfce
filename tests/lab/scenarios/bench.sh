# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: bench
# deadline: 400
# How long it takes to lend and return both functions: VirtFlow, driverctl, and bare writes, in turns.
# A line for each figure: bench, name, milliseconds.

median () {
    sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

timed () {
    local file=$1 started=${EPOCHREALTIME/./}
    shift
    "$@"
    echo $(((${EPOCHREALTIME/./} - started) / 100)) | awk '{ print $1 / 10 }' >> "$file"
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
    /lab/programs/lend-bench "$dgpu.0" 1 > "$results/round"
    awk -v to="$results/" '{ print $2 >> (to $1 "-virtflow") }' "$results/round"
    is "$(drivers_of "$dgpu")" "$gpu_drivers" "round $round: the GPU is home"
done
for file in "$results"/*-*; do
    printf 'bench\t%s\t%s\n' "${file##*/}" "$(median < "$file")"
done
