# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The power is cut, once in each life of the host; the next life looks at what is left. In a cut the
# daemon stands at one of its fault points (lib/matrix.sh), so that each cut is at another moment.
# shellcheck disable=SC2154 # life and name come from lib/scenario.sh
. /lab/lib/vm-matrix.sh

mkdir -p "$fault_folder"
virtflow_program=/lab/programs/virtflowd-with-faults
stop_virtflow
cut=0 # how many of them this life has gone past

# cut_at OPERATION NUMBER...: for each of its points, in its own life, the cut; in the one after it, the
# look; else nothing. before_OPERATION and do_OPERATION are functions.
cut_at () {
    local operation=$1 number
    shift
    for number in "$@"; do
        cut=$((cut + 1))
        if [ "$life" = "$cut" ]; then
            cut_now "$operation" "$number"
        elif [ "$life" = $((cut + 1)) ]; then
            look_after_cut "$operation" "power cut at point $number of $operation"
        fi
    done
}

cut_now () {
    is_running virtflowd || start_virtflow
    begin_life
    "before_$1"
    sync
    if reach "$2" "do_$1"; then
        echo "cut $cut: at point $2 of $1 ($(last_point))"
    else
        not_ok "$1 has a point $2"
    fi
    cut_power
}

begin_life () {
    remember_host
    [ -e /etc/libvirt/qemu/desk.xml ] || define_vm desk answers
    [ -e /disk/desk.fixed ] || { reach_fixed_point desk && cp /run/lab/desk.fixed /disk/; }
}

before_activate () {
    :
}

do_activate () {
    activate_and_lend
}

# The VM has its GPU from its next start on.
before_deactivate () {
    be_activated
}

do_deactivate () {
    virtflow deactivate desk
}

# The VM is off, and its GPU is away from the host.
before_deactivate_lent () {
    be_lent_to_desk
}

do_deactivate_lent () {
    virtflow deactivate desk
}

# The VM runs: it is shut down first, which brings its GPU home.
before_deactivate_running () {
    be_running
    within 30 guest_is_up desk
}

do_deactivate_running () {
    virtflow deactivate desk --yes
}

before_start () {
    be_activated
}

# With QEMU, which the daemon notes as soon as it sees it.
do_start () {
    virsh -q start desk
    within 30 virtflow_state_is in-use
}

before_stop () {
    be_running
}

do_stop () {
    stop_and_return
}

before_lend () {
    :
}

do_lend () {
    virtflow lend "$dgpu.0"
}

before_return () {
    be_lent
}

do_return () {
    virtflow return "$dgpu.0"
}

# Nothing is written back first. The machine ends when the runner reads this.
cut_power () {
    report "again $name $((life + 1))"
    read -r -t 60 -u "$silence"
}

# pairing_fits OPERATION: a VM that names the GPU is paired with it; a start and a stop change nothing of it.
pairing_fits () {
    if is_activated; then
        pairing_is_stored
    else
        [[ $1 != start && $1 != stop ]]
    fi
}

# look_after_cut OPERATION WHAT
look_after_cut () {
    succeeds "$2: the drivers are the boot's" is_home "$dgpu"
    remember_host
    cp /disk/desk.fixed /run/lab/desk.fixed
    start_virtflow
    succeeds "$2: what is stored of the pairing fits" pairing_fits "$1"
    succeeds "$2: the VM and its pairing agree" settle_pairing "$2"
}

# has_no_point OPERATION NUMBER: after the last cut, that none was forgotten.
has_no_point () {
    [ "$life" = $((cut + 1)) ] || return 0
    "before_$1"
    if reach "$2" "do_$1"; then
        end_operation
        not_ok "$1 has no point $2 ($(last_point))"
    else
        withdraw_order
        ok "$1 has no point $2"
    fi
    vm_is_off desk || stop_and_return
    [ "$1" != lend ] || do_return > /run/lab/log/operation 2>&1
    settle_pairing "$1 without a cut"
}
