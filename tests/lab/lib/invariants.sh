# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What must hold whatever went wrong, also in the middle of a scenario: what lib/ends.sh asks for, device
# nodes with their owners and modes, and a daemon that answers in time, which takes a while to measure.

answer_limit=100 # milliseconds, on a connection that is open

# answers_in_time [ROUNDS [PID]]: whether the daemon does, 49 of 50 times, and never waits for something
# that takes its time; the figures are in answered. On a machine that is loaded even the bus itself
# takes longer, which is measured along with it: then so may it.
answers_in_time () {
    local most longest of_bus limit=$answer_limit
    answered=$(/lab/programs/answer-times "$@") || return 1
    read -r _ _ _ most longest _ _ _ of_bus _ <<< "${answered//$'\n'/ }"
    [ $((4 * of_bus)) -le "$limit" ] || limit=$((4 * of_bus))
    [ "$most" -lt "$limit" ] && [ "$longest" -lt $((10 * limit)) ]
}

# answers WHAT [ROUNDS [PID]]: that it does is a result, with the figures.
answers () {
    local what=$1 verdict=ok
    shift
    answers_in_time "$@" || verdict=not_ok
    "$verdict" "$what: it answers (calls; median, 49 of 50, longest in ms: ${answered%%$'\n'*})"
    echo "the bus itself: ${answered##*$'\n'}"
}

# remember_invariants: once the scenario has put its cards where they are at home.
remember_invariants () {
    local slot
    declare -gA nodes_then=()
    for slot in $dgpu $dgpu2; do
        nodes_then[$slot]=$(nodes_of "$slot")
    done
}

# invariants_hold WHAT [FUNCTION...]: of the functions that are named nothing is known, because they were
# lost or hang; reading some of what the kernel says of them may hang as well.
invariants_hold () {
    local what=$1
    shift
    if within 10 no_invariant_is_broken "$@"; then
        ok "$what: the invariants hold"
    else
        printf '%s\n' "$broken"
        not_ok "$what: the invariants hold"
    fi
}

# udev gives a node its mode some time after a driver made it, so this may be asked again.
no_invariant_is_broken () {
    broken=$(
        broken_by_any "$@"
        changed_nodes "$@"
        broken_answers
    )
    [ -z "$broken" ]
}

# The device nodes of a slot, without their numbers, which may change, and NVIDIA's: owner and mode.
nodes_of () {
    local file line node nodes=()
    while IFS= read -r file; do
        while IFS= read -r line; do
            [[ $line != DEVNAME=* ]] || nodes+=("/dev/${line#*=}")
        done < "${file%/*}/uevent"
    done < <(find "$devices/$1".*/ -name dev -type f)
    for node in "${nodes[@]}" /dev/nvidia*; do
        [ ! -c "$node" ] || printf '%s\0' "$node"
    done | xargs -0 -r stat -c '%n %a %U %G' | awk '{ gsub(/[0-9]/, "", $1); print }' | sort
}

# Those of a GPU that is home.
changed_nodes () {
    local slot now
    for slot in $dgpu $dgpu2; do
        if [[ " $* " == *" $slot".* ]] || ! is_home "$slot"; then
            continue
        fi
        now=$(nodes_of "$slot")
        [ "$now" = "${nodes_then[$slot]}" ] || diff <(echo "${nodes_then[$slot]}") <(echo "$now")
    done
}

broken_answers () {
    answers_within 20 virtflow status || echo "virtflow status: $(cat /run/lab/answer)"
    answers_in_time 20 || echo "the daemon answered late: $answered"
}
