# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: one twins
# deadline: 300
# needs: virtflow
# NVIDIA's driver, as the lab's fake modules behave: to unbind a card that is open waits for ever, to
# unload the driver is refused at once. So it is unloaded where no other card has it.

. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/held.sh
stack='nvidia_drm nvidia_modeset nvidia'

# well WHAT COMMAND...: it succeeds, and does not hang.
well () {
    local what=$1
    shift
    if answers_within 40 "$@"; then
        ok "$what"
    else
        cat /run/lab/answer
        not_ok "$what"
    fi
}

# Those of the stack that are loaded.
loaded () {
    local module found=()
    for module in $stack; do
        [ ! -d "/sys/module/$module" ] || found+=("$module")
    done
    echo "${found[*]}"
}

overrides_of () {
    cat "$devices/$1".*/driver_override | sort -u
}

# Debian's packages rename the files of the modules, and have commands that load them. virtflow-modules
# runs none. (A blacklist is for what finds hardware; modprobe loads by name what is on it.)
debian_conf=/etc/modprobe.d/nvidia-lab.conf
files=/usr/lib/modules/$(uname -r)/lab
as_debian_has_it () {
    mv "$files/nvidia.ko" "$files/nvidia-current.ko"
    mv "$files/nvidia_modeset.ko" "$files/nvidia-current-modeset.ko"
    mv "$files/nvidia_drm.ko" "$files/nvidia-current-drm.ko"
    cat > "$debian_conf" << 'END'
install nvidia modprobe -i nvidia-current $CMDLINE_OPTS
install nvidia-modeset modprobe nvidia ; modprobe -i nvidia-current-modeset $CMDLINE_OPTS
install nvidia-drm modprobe nvidia-modeset ; modprobe -i nvidia-current-drm $CMDLINE_OPTS
blacklist nvidia-current-drm
END
    depmod
}

as_the_lab_has_it () {
    [ -e "$debian_conf" ] || return 0
    rm -r "$debian_conf" "$files"
    know_lab_modules
}
trap as_the_lab_has_it EXIT

# All that a lend which is refused has to leave alone.
host_state () {
    drivers_of "$1"
    overrides_of "$1"
    registers_of "$1"
    stat -c '%n %a' /dev/nvidia* /dev/snd/*
    loaded
}

looks_like () {
    [ "$(host_state "$dgpu")" = "$1" ]
}

# refused WHAT STATUS REASON SENTENCE: a lend is, and the host is as it was.
refused () {
    local state
    state=$(host_state "$dgpu")
    fails_with "$2" "$3" "$1" virtflow lend "$dgpu.0"
    like "$(cat /run/lab/answer)" "$4" "$1: the sentence says who"
    succeeds "$1: the host is as it was" within 10 looks_like "$state"
    is "$(virtflow_state)" host "$1: VirtFlow says so"
}

alone_on_the_host () {
    local pid node

    well "idle: it is lent" virtflow lend "$dgpu.0"
    succeeds "idle: both functions are on vfio-pci" is_lent "$dgpu"
    is "$(loaded)" "" "idle: its modules are unloaded"
    well "idle: it is returned" virtflow return "$dgpu.0"
    home_again "idle"
    is "$(loaded)" "$stack" "idle: its modules are loaded again"
    like "$(host_state "$dgpu")" '/dev/nvidia0 666' "idle: its node can be opened as before"

    for node in nvidia0 nvidiactl; do
        hold_open "/dev/$node"
        pid=$(service_pid holder)
        refused "$node is open" 7 held-by-process "pid $pid, user root.*/dev/$node open"
        close_held
    done

    opened_between_the_looks
    opened_after_the_last_look

    # What no look can find keeps the module from being unloaded all the same.
    start holder /lab/programs/in-flight /dev/nvidia0
    within 10 grep -q 'in flight' /run/lab/log/holder
    refused "open in nobody's hands" 7 module-in-use 'nvidia is in use'
    close_held

    as_debian_has_it
    well "the daemon dies while it is lent: lent" virtflow lend "$dgpu.0"
    stop_virtflow KILL
    start_virtflow
    is "$(virtflow_state)" lent "the daemon dies while it is lent: the next one knows"
    well "the daemon dies while it is lent: returned" virtflow return "$dgpu.0"
    home_again "the daemon dies while it is lent"
    is "$(loaded)" "$stack" "the daemon dies while it is lent: its modules are loaded again, by Debian's names"
    as_the_lab_has_it

    hold helper-modules
    begin lend "note which modules" "the daemon dies before the unload"
    stop_virtflow KILL
    let_go helper-modules
    wait "$switching" || :
    start_virtflow
    home_again "the daemon dies before the unload"
    is "$(loaded)" "$stack" "the daemon dies before the unload: its modules are there"
}

# between_looks WHAT: a lend has looked once, and its next step is held.
between_looks () {
    hold helper-probe
    begin lend "see that no program" "$1"
    hold_running_worker
    let_go helper-probe
    succeeds "$1: the first look is over" within 20 step_is "unbind"
}

# Root is kept out by no fence.
opened_between_the_looks () {
    between_looks "opened between the looks"
    hold_open /dev/nvidia0
    kill -CONT "$worker"
    refused_late "opened between the looks"
}

# Behind the last look there is only the unload itself.
opened_after_the_last_look () {
    local modules probe
    between_looks "opened after the last look"
    modules=$(pgrep -f ^/usr/libexec/virtflow-modules)
    probe=$(pgrep -f ^/usr/libexec/virtflow-probe)
    kill -STOP "$probe"
    kill -CONT "$worker"
    succeeds "opened after the last look: it looks once more" within 20 step_is "see once more"
    kill -STOP "$modules"
    kill -CONT "$probe"
    succeeds "opened after the last look: the unload is ahead" within 20 step_is "unload"
    hold_open /dev/nvidia0
    kill -CONT "$modules"
    refused_late "opened after the last look"
}

# refused_late WHAT: the switch that runs is, because of the holder.
refused_late () {
    local status=0
    wait "$switching" || status=$?
    is "$status" 7 "$1: it is refused"
    like "$(cat /run/lab/log/virtflowd)" "\(pid $(service_pid holder), user root" \
        "$1: the sentence says by whom"
    close_held
    home_again "$1"
    is "$(loaded)" "$stack" "$1: its modules are loaded"
}

with_another_card () {
    put_on nvidia "$dgpu2"
    make_nvidia_nodes
    hold_open /dev/nvidia1
    well "two: one is lent while a program has the other open" virtflow lend "$dgpu.0"
    is "$(drivers_of "$dgpu2")" "$(home_of "$dgpu2")" "two: the other one is left alone"
    is "$(loaded)" "$stack" "two: the modules stay"
    fails_with 7 held-by-process "two: the one that is open is not lent" virtflow lend "$dgpu2.0"
    close_held
    well "two: the last one is lent" virtflow lend "$dgpu2.0"
    is "$(loaded)" "" "two: then the modules are unloaded"
    well "two: the first one is returned" virtflow return "$dgpu.0"
    home_again "two: the first one"
    succeeds "two: the second one stays lent" is_lent "$dgpu2"
    is "$(loaded)" "$stack" "two: the modules are loaded with the first one"
    well "two: the second one is returned" virtflow return "$dgpu2.0"
    succeeds "two: and is home" is_home "$dgpu2"

    hold_open /dev/nvidia0
    refused "two: open" 7 held-by-process "pid $(service_pid holder), user root.*/dev/nvidia0 open"
    close_held
}

put_on nvidia "$dgpu"
modprobe nvidia_drm
make_nvidia_nodes
# A helper that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000
remember_host
case $shape in
    twins) with_another_card ;;
    *) alone_on_the_host ;;
esac
