# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# only when named
# shapes: one
# deadline: 400
# How long it takes to lend and return both functions: VirtFlow, driverctl, and bare writes, in turns;
# what a lend starts and asks; and the daemon when nothing happens.
# A line for each figure: bench, name, value (of times: milliseconds).

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

# How many processes the helpers' listeners have started so far.
helpers_started () {
    cat /run/lab/log/helper-* | grep -c '^Spawned '
}

# Counts what COMMAND makes VirtFlow start and ask: counted NAME COMMAND...
counted () {
    local name=$1 before questions=/run/lab/questions monitor
    shift
    busctl monitor --match "type='method_call',member='CheckAuthorization'" \
        > "$questions" 2> "$questions.ready" &
    monitor=$!
    within 20 grep -q Monitoring "$questions.ready"
    before=$(helpers_started)
    "$@"
    # The monitor hears of it in the order of the bus: behind this it has heard all.
    busctl call org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority \
        org.freedesktop.PolicyKit1.Authority CheckAuthorization "(sa{sv})sa{ss}us" \
        unix-process 2 pid u $$ start-time t 0 org.virtflow.last 0 0 "" > /dev/null 2>&1 || :
    within 20 grep -q org.virtflow.last "$questions"
    kill "$monitor"
    printf 'bench\t%s-processes\t%d\n' "$name" $(($(helpers_started) - before))
    printf 'bench\t%s-questions\t%d\n' "$name" \
        $(($(grep -c 'Member=CheckAuthorization' "$questions") - 1))
}

# Root is never asked about; so an ordinary user lends, whom polkit's rules allow it.
otto_may
by_otto () {
    setpriv --reuid=otto --regid=otto --init-groups virtflow "$1" "$dgpu.0" > /dev/null
}
counted lend by_otto lend
counted return by_otto return
modprobe -r vfio-pci
counted first-lend by_otto lend
by_otto return

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
