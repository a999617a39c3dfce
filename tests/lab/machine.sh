# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run: boots a machine for the plan, follows what it reports, and boots again for what is
# left: after a reboot that a scenario asked for, and after a machine that had to be ended.
# shellcheck disable=SC2154 # here, work, shape, accelerator, processors, pictures and plan: run, plan.sh

boot_deadline=180
grace=60     # what a scenario's machine may take beyond the deadline, to tell about a hang and clean up
stage=       # the folder of what is laid over its root
lab=         # process id of the machine
current=     # the scenario that runs
current_deadline=
current_results=0 # of all its lives
output=      # what the machine says
started=
is_up=
gave_up=     # the emulator, by an assertion of its own
repeated=    # the scenario that was run once more for it; there is one in a run

run_plan () {
    stage=$work
    [ "$shape" != new-host ] || stage=$work/new-host
    rm -f "$work/console"
    make_disk
    while [ ${#plan[@]} -gt 0 ]; do
        printf '%s\n' "${plan[@]}" > "$stage/overlay/lab/plan"
        start_machine
        follow_machine
        stop_machine
    done
}

make_disk () {
    rm -f "$work/disk"
    truncate -s 128M "$work/disk"
    /sbin/mke2fs -q -F -t ext4 "$work/disk"
}

# What is in the folder pictures of the machine's disk; the machine did not unmount it.
bring_pictures () {
    local brought=$work/brought
    mkdir -p "$brought" "$pictures"
    e2fsck -p -E journal_only "$work/disk" > /dev/null 2>&1 || :
    debugfs -R "rdump /pictures $brought" "$work/disk" > /dev/null 2>&1
    find "$brought" -name '*.png' -exec cp {} "$pictures/" \;
    rm -r "$brought"
}

start_machine () {
    current=
    is_up=no
    gave_up=no
    started=${EPOCHREALTIME/./}
    tell "The emulated host starts: a kernel, an IOMMU, two GPUs, udev, D-Bus, polkit, libvirt ..."
    exec {output}< <(exec "$here/boot" --shape "$shape" --disk "$work/disk" \
        --console "$work/console" --accelerator "$accelerator" --processors "$processors" "$stage" \
        < /dev/null 2>&1)
    lab=$!
}

stop_machine () {
    [ -n "$lab" ] || return 0
    kill "$lab" 2> /dev/null || :
    wait "$lab" 2> /dev/null || :
    exec {output}<&-
    lab=
}

# Reads until the machine ends, or says nothing for longer than it may.
follow_machine () {
    local line limit=$boot_deadline status
    while :; do
        status=0
        IFS= read -r -t "$limit" -u "$output" line || status=$?
        if [ "$status" != 0 ]; then
            machine_is_lost "$([ "$status" -gt 128 ] && echo "said nothing for $limit s" ||
                echo "ended by itself")"
            return
        fi
        if [[ $line != *$'\036'* ]]; then
            [[ $line != qemu-system-x86_64:*": Assertion "*failed. ]] || gave_up=yes
            talk "$line"
            continue
        fi
        take_report "${line#*$'\036'}" || return 0
        [ -z "$current" ] || limit=$((current_deadline + grace))
    done
}

# Fails when the machine has nothing more to say.
take_report () {
    local kind=${1%% *} rest=${1#* } life seconds
    case $kind in
        up)
            is_up=yes
            note "$shape: up after $rest s ($(since "$started") s with QEMU's own start)"
            tell "It is up after $(since "$started") s."
            ;;
        begin) read -r current current_deadline _ <<< "${plan[0]}" ;;
        ok) scenario_result ok "$rest" ;;
        not-ok) scenario_result 'not ok' "$rest" ;;
        skip)
            current_results=$((current_results + 1))
            skipped "$shape/$current" "$rest"
            ;;
        end)
            [ "$current_results" != 0 ] || scenario_result 'not ok' "it ended without any result"
            note "$rest ms"
            leave_scenario
            ;;
        again)
            plan[0]="${rest% *} $current_deadline ${rest##* }"
            return 1
            ;;
        leaves)
            read -r _ life seconds <<< "$rest"
            plan[0]="$current $current_deadline $life"
            await_end "$seconds"
            return 1
            ;;
        stuck | finished) return 1 ;;
    esac
}

# The machine shuts itself down: what it waits for there is a fault.
await_end () {
    local limit=$1 from=${EPOCHREALTIME/./} left line status=0
    while [ "$status" = 0 ]; do
        left=$((limit * 1000000 - (${EPOCHREALTIME/./} - from)))
        [ "$left" -gt 0 ] || break
        IFS= read -r -t "$((left / 1000000 + 1))" -u "$output" line || status=$?
        [ "$status" != 0 ] || talk "$line"
    done
    if [ "$status" = 1 ]; then
        scenario_result ok "the host shuts down"
        note "in $(since "$from") s"
    else
        scenario_result 'not ok' "the host shuts down within $limit s"
    fi
}

scenario_result () {
    current_results=$((current_results + 1))
    result "$1" "$shape/$current: $2"
}

leave_scenario () {
    plan=("${plan[@]:1}")
    current=
    current_results=0
}

# Nothing in the machine may bring the emulator to that. QEMU 7.2 comes there by itself, seldom: a
# processor writes to a device by an old map of the memory while the other one changes the map (mended in
# 8.2, "softmmu: Use async_run_on_cpu in tcg_commit").
emulator_is_at_fault () {
    [ "$gave_up" = yes ] && [ -z "$repeated" ] && [ -n "$current" ] && [[ ${plan[0]} == *' 1' ]]
}

# The machine is of no use any more; what it was doing has failed, the rest gets a new one.
machine_is_lost () {
    if emulator_is_at_fault; then
        repeated=$current
        note "the emulator $1: $current is run once more, from its beginning"
        current_results=0
        [ -z "$pictures" ] || bring_pictures
        make_disk
        return
    fi
    result 'not ok' "$shape/${current:-boot}: the machine $1"
    { tail -n 40 "$work/console" 2> /dev/null || :; } | while IFS= read -r line; do
        talk "console: $line"
    done
    ! kill -0 "$lab" 2> /dev/null ||
        why_silent "$stage/monitor" "$work/console" "$lab" | while IFS= read -r line; do
            talk "$line"
        done
    [ "$is_up" = yes ] || why_not_up "$work/console" | while IFS= read -r line; do
        talk "$line"
    done
    if [ -n "$current" ]; then
        leave_scenario
    else
        plan=()
    fi
}

since () {
    local microseconds=$((${EPOCHREALTIME/./} - $1))
    printf '%d.%d' $((microseconds / 1000000)) $((microseconds / 100000 % 10))
}
