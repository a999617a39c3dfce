# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A card on a driver with faults: the lab's own kernel modules (tests/lab/kernel), which a scenario puts
# a card on by itself, and whose faults it begins and ends. What it leaves behind clean.sh ends.

fault_parameters=/sys/module/faultgpu/parameters

# What to do when a driver hangs.
wedge_advice='The card is left alone until the kernel answers; then it comes back to the host by itself. If that '
wedge_advice+='does not happen, save your work and restart the host: all else goes on until you do.'

# Lets modprobe know the lab's modules. None has an alias, so that nothing else loads them.
know_lab_modules () {
    local folder
    folder=/usr/lib/modules/$(uname -r)/lab
    [ ! -d "$folder" ] || return 0
    cp -r /lab/kernel "$folder"
    depmod
}

# put_on DRIVER SLOT [FUNCTION]: the card's display (or that function) has this driver of the lab, and is
# at home with it until the scenario has ended.
put_on () {
    local driver=$1 slot=$2 function=${3-0} drivers
    know_lab_modules
    modprobe "$driver"
    echo "$slot.$function" > "$devices/$slot.$function/driver/unbind"
    echo "$slot.$function" > "/sys/bus/pci/drivers/$driver/bind"
    read -r -a drivers <<< "$(home_of "$slot")"
    drivers[function]=$driver
    # shellcheck disable=SC2004 # its keys are words
    homes[$slot]=${drivers[*]}
}

# begin_fault NAME [VALUE]: of faultgpu, at once, for every card that it drives. NAME is a parameter of it.
begin_fault () {
    echo "${2-1}" > "$fault_parameters/$1"
}

end_fault () {
    echo 0 > "$fault_parameters/$1"
}

# What was done to the cards of faultgpu so far: probes, removes, config_reads, config_writes.
seen_by_driver () {
    local counter
    for counter in probes removes config_reads config_writes; do
        echo "$counter=$(cat "$fault_parameters/$counter")"
    done
}

# How often one of these was done.
times_seen () {
    cat "$fault_parameters/$1"
}

# make_nvidia_nodes: what nvidia-modprobe does on a real host, for the GPUs that nvidia drives.
make_nvidia_nodes () {
    local file minor
    for file in /proc/driver/nvidia/gpus/*/information; do
        minor=$(sed -n 's/^Device Minor:[^0-9]*//p' "$file")
        make_nvidia_node "nvidia$minor" "$minor"
    done
    make_nvidia_node nvidiactl 255
    make_nvidia_node nvidia-modeset 254
}

make_nvidia_node () {
    [ -e "/dev/$1" ] || mknod -m 0666 "/dev/$1" c 195 "$2"
}

# tells_of_wedge COMMAND...: that it answers, whatever it can say of a GPU that it cannot look at.
tells_of_wedge () {
    local status=0
    answers_within 10 "$@" || status=$?
    cat /run/lab/answer
    [[ $status == 0 || $status == 11 ]] && grep -q 'wedged\|does not answer' /run/lab/answer
}

# fails_with STATUS REASON WHAT COMMAND...: within the deadline of a call, with a reason and a sentence.
fails_with () {
    local wanted=$1 reason=$2 what=$3 status=0 started=${EPOCHREALTIME/./}
    shift 3
    answers_within 20 "$@" --json || status=$?
    took=$(milliseconds_since "$started")
    if [ "$status" = "$wanted" ] && grep -q "\"reason\" *: *\"$reason\"" /run/lab/answer; then
        ok "$what"
    else
        printf '%s\n' "exit status $status instead of $wanted, or not $reason, after $took ms:"
        cat /run/lab/answer
        not_ok "$what"
    fi
}

# The worker that works, not its listener.
running_worker () {
    pgrep -f ^/usr/libexec/virtflow-worker
}

# wedge_sentence STEP PLACE [HOLDER]: the step that hangs, the program that it may wait for, if one is to be
# named, where in the kernel its worker stands, and what to do.
wedge_sentence () {
    printf '%s\n' "Could not $1: a driver hangs in the kernel, which does not answer." ${3:+"$3"} \
        "The worker (pid $(running_worker)) stands in the kernel in $2." "$wedge_advice"
}

# wedge_is_told WHAT STEP PLACE [HOLDER]: by what was run last, in JSON or for a person, word for word.
wedge_is_told () {
    local what=$1 told wanted
    shift
    wanted=$(wedge_sentence "$@")
    told=$(sed -E 's/^(.*: )?VirtFlow: //' /run/lab/answer) # the hook begins each line like that
    if [[ $(printf %b "$told") == *"$wanted"* ]]; then
        ok "$what"
    else
        printf '%s\n' "expected: $wanted" "found: $told"
        not_ok "$what"
    fi
}

# How many workers the listener has started so far.
workers_started () {
    grep -c '^Spawned ' /run/lab/log/helper-worker
}

# hold_open NODE: a program has it open, until close_held or the end of the scenario.
hold_open () {
    # shellcheck disable=SC2016 # that shell expands it
    start holder bash -c 'exec 3<> "$1"; exec sleep infinity' holder "$1"
    within 10 held_by "$(service_pid holder)" "$1"
}

held_by () {
    [ "$(readlink "/proc/$1/fd/3")" = "$2" ]
}

close_held () {
    kill_service holder
}

end_all_faults () {
    local file
    for file in /sys/module/{faultgpu,nvidia}/parameters/*; do
        [ ! -e "$file" ] || [ "$(stat -c %a "$file")" != 644 ] || echo 0 > "$file"
    done
}

# Gives what the lab's drivers have back to the host's, and unloads them.
leave_lab_drivers () {
    local driver function functions=()
    for driver in faultgpu nvidia; do
        for function in "/sys/bus/pci/drivers/$driver"/0000:*; do
            [ -e "$function" ] || continue
            functions+=("${function##*/}")
            echo "${function##*/}" > "$function/driver/unbind"
        done
    done
    for driver in faultgpu nvidia_drm nvidia_modeset nvidia; do
        [ ! -d "/sys/module/$driver" ] || rmmod "$driver"
    done
    rm -f /dev/nvidia*
    for function in "${functions[@]}"; do
        echo "$function" > /sys/bus/pci/drivers_probe
    done
}
