# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The power is cut, once in each life of the host; the next life looks at what is left.
# shellcheck disable=SC2154 # life and name come from lib/scenario.sh
. /lab/lib/vm-matrix.sh

mkdir -p "$fault_folder"
virtflow_program=/lab/programs/virtflowd-with-faults
stop_virtflow
cut=0 # how many of them this life has gone past

# cut_at OPERATION NUMBER: in its own life, the cut; in the one after it, the look; else nothing.
cut_at () {
    cut=$((cut + 1))
    if [ "$life" = "$cut" ]; then
        is_running virtflowd || start_virtflow
        begin_life
        "be_before_$1"
        sync
        [ "$1" != start ] || { start_and_cut "$2" || return; }
        if reach "$2" virtflow "$1" desk $([ "$1" = deactivate ] || echo "$dgpu.0" --yes); then
            cut_power
        fi
        end_operation
        cut_power # it has fewer points: then after its end
    elif [ "$life" = $((cut + 1)) ]; then
        look_after_cut "power cut at point $2 of $1"
    fi
}

begin_life () {
    remember_host
    [ -e /etc/libvirt/qemu/desk.xml ] || define_vm desk answers
    [ -e /disk/desk.fixed ] || { reach_fixed_point desk && cp /run/lab/desk.fixed /disk/; }
}

be_before_activate () {
    :
}

be_before_deactivate () {
    be_activated
}

be_before_start () {
    be_activated
}

start_and_cut () {
    virsh -q start desk > /run/lab/log/operation 2>&1 &
    read -r -t "0.$(($1 % 10))" -u "$silence" || :
    cut_power
}

# Nothing is written back first. The machine ends when the runner reads this.
cut_power () {
    report "again $name $((life + 1))"
    read -r -t 60 -u "$silence"
}

look_after_cut () {
    succeeds "$1: the drivers are the boot's" is_home "$dgpu"
    remember_host
    cp /disk/desk.fixed /run/lab/desk.fixed
    start_virtflow
    succeeds "$1: the VM and its pairing agree" settle_pairing "$1"
}
