# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What must hold whatever went wrong: no function without a driver unless it was named, no reservation
# of what is not lent, a claim and a journal for what is away and for nothing else, nothing changed that
# is not the GPU's, VMs and device nodes as they were, a daemon that answers, and no helper left.

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
    local name slot
    others_then=$(others)
    rm -rf /run/lab/domains
    mkdir /run/lab/domains
    for name in $(virsh -q list --all --name); do
        domain_text "$name" > "/run/lab/domains/$name"
    done
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
        broken_drivers "$@"
        broken_states "$@"
        broken_domains
        [ "$(others)" = "$others_then" ] || diff <(echo "$others_then") <(others) || :
        broken_answers
        broken_helpers "$@"
    )
    [ -z "$broken" ]
}

# The functions of everything but the GPUs, with what drives them and is to drive them.
others () {
    local function name driver override
    for function in "$devices"/*; do
        name=${function##*/}
        [[ " $dgpu $dgpu2 " != *" ${name%.*} "* ]] || continue
        read -r override < "$function/driver_override"
        find_driver "$name"
        echo "$name $driver $override"
    done
}

broken_drivers () {
    local slot function driver drivers i
    for slot in $dgpu $dgpu2; do
        read -r -a drivers <<< "$(home_of "$slot")"
        i=0
        for function in "$devices/$slot".*; do
            function=${function##*/}
            find_driver "$function"
            [[ $driver == "${drivers[i]}" || $driver == vfio-pci || " $* " == *" $function "* ]] ||
                echo "$function is on $driver, not on ${drivers[i]} or vfio-pci"
            i=$((i + 1))
        done
    done
}

# Sets state and claimant to what VirtFlow says of a slot.
find_state () {
    local path=/org/virtflow/VirtFlow1/gpu/${1//[:.]/_} answer
    answer=$(busctl get-property org.virtflow.VirtFlow1 "$path" org.virtflow.VirtFlow1.Gpu State \
        Claimant)
    IFS='"' read -r -d '' _ state _ claimant _ <<< "$answer" || :
}

# What VirtFlow says of a slot, what it has written down, and what the kernel has.
broken_states () {
    local slot state claimant journal groups=()
    for slot in $dgpu $dgpu2; do
        find_state "$slot"
        journal=none
        [ ! -e "/run/virtflow/gpu/$slot.0" ] || journal=one
        [ "$claimant" = none ] || groups+=("$(group_of "$slot.0")")
        case $state in
            host)
                [ "$claimant $journal" = "none none" ] ||
                    echo "$slot is with the host, and its claim is $claimant, its journal $journal"
                is_home "$slot" || echo "$slot is said to be with the host: $(drivers_of "$slot")"
                [ "$(nodes_of "$slot")" = "${nodes_then[$slot]}" ] ||
                    diff <(echo "${nodes_then[$slot]}") <(nodes_of "$slot")
                broken_overrides "$slot" ""
                ;;
            lent | in-use)
                [[ $claimant != none && $journal == one ]] ||
                    echo "$slot is $state, and its claim is $claimant, its journal $journal"
                is_lent "$slot" || echo "$slot is said to be $state: $(drivers_of "$slot")"
                broken_overrides "$slot" vfio-pci
                ;;
            *)
                [[ " $* " == *" $slot".* ]] || echo "$slot is $state"
                [ "$journal" = one ] || echo "$slot is $state and has no journal"
                ;;
        esac
    done
    [ -z "$(printf '%s\n' "${groups[@]}" | sort | uniq -d)" ] ||
        echo "two claims in one IOMMU group: ${groups[*]}"
}

# broken_overrides SLOT WANTED
broken_overrides () {
    local function override
    for function in "$devices/$1".*; do
        read -r override < "$function/driver_override"
        [ "${override/#(null)/}" = "$2" ] || echo "${function##*/} is reserved for '$override'"
    done
}

# The device nodes of a slot, without their numbers, which may change, and NVIDIA's: owner and mode.
nodes_of () {
    local file line node nodes=()
    for file in $(find "$devices/$1".*/ -name dev -type f); do
        while IFS= read -r line; do
            [[ $line != DEVNAME=* ]] || nodes+=("/dev/${line#*=}")
        done < "${file%/*}/uevent"
    done
    for node in "${nodes[@]}" /dev/nvidia*; do
        [ ! -c "$node" ] || printf '%s\0' "$node"
    done | xargs -0 -r stat -c '%n %a %U %G' | awk '{ gsub(/[0-9]/, "", $1); print }' | sort
}

# A VM that has a GPU now is another one, as long as it has it.
broken_domains () {
    local file name
    for file in /run/lab/domains/*; do
        [ -e "$file" ] || continue
        name=${file##*/}
        domain_text "$name" > /run/lab/domain
        grep -q 'virtflow:gpu' /run/lab/domain || diff "$file" /run/lab/domain ||
            echo "the VM $name is not as it was"
    done
}

broken_answers () {
    answers_within 20 virtflow status || echo "virtflow status: $(cat /run/lab/answer)"
    answers_in_time 20 || echo "the daemon answered late: $answered"
}

# A worker that hangs is there until the kernel lets go. Its name is the card's, its command is not.
broken_helpers () {
    local line
    [ $# = 0 ] || return 0
    while IFS= read -r line; do
        echo "${line#* } is left"
    done < <(pgrep -af '^/usr/libexec/virtflow-(worker|probe|modules)')
}
