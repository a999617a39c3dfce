# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the cells of the kill matrix begin that have a VM in them, and how they are settled.
# shellcheck disable=SC2154 # what lib/matrix.sh and those it reads know
. /lab/lib/matrix.sh

mark='https://virtflow.org/xmlns/libvirt/domain/1.0'

define_desk () {
    define_vm desk answers
    reach_fixed_point desk
}

# As it was, after something was lost.
define_anew () {
    virsh -q destroy desk 2> /dev/null || :
    virsh -q define /run/lab/desk.fixed
}

be_activated () {
    virtflow activate desk "$dgpu.0" --on-start --yes > /run/lab/log/operation 2>&1
}

# Its GPU is away from the host at once.
be_lent_to_desk () {
    activate_and_lend > /run/lab/log/operation 2>&1
}

activate_and_lend () {
    virtflow activate desk "$dgpu.0" --yes
}

be_running () {
    be_activated
    virsh -q start desk
}

# What its activation had reserved was used up by a run.
be_used_up () {
    be_lent_to_desk
    virsh -q start desk
    stop_and_return
}

# libvirt does not wait for the return, which is part of the stop.
stop_and_return () {
    virsh -q destroy desk
    within 60 no_journal_is_left
}

no_journal_is_left () {
    [ -z "$(ls /run/virtflow/gpu)" ]
}

is_activated () {
    grep -q "$mark" <<< "$(domain_text desk)"
}

pairing_is_stored () {
    [ -e "/var/lib/virtflow/pairings/$(virsh -q domuuid desk)" ]
}

# settle_pairing WHAT: the VM's text and its pairing agree, so that it can be deactivated when it says
# that it is activated, and activated when it does not.
settle_pairing () {
    within 20 daemon_answers || lost "$1: the daemon does not answer" || return
    is_activated || be_activated || lost "$1: it cannot be activated any more" || return
    virtflow deactivate desk > /run/lab/log/operation 2>&1 || lost "$1: it cannot be deactivated" ||
        return
    [ "$(domain_text desk)" = "$(cat /run/lab/desk.fixed)" ] || lost "$1: the VM is not as before" ||
        return
    [ -z "$(ls /var/lib/virtflow/pairings)" ] || lost "$1: a pairing is left" || return
    settle "$1"
}

# settle_run WHAT: the VM runs with the GPU, or does not run; when it is off the GPU comes home.
settle_run () {
    within 20 daemon_answers || lost "$1: the daemon does not answer" || return
    if ! vm_is_off desk; then
        is_lent "$dgpu" || lost "$1: it runs without the GPU" || return
        virsh -q destroy desk
    fi
    within 20 virtflow_state_is host || lost "$1: the GPU does not come home by itself" || return
    settle_pairing "$1"
}

# settle_client WHAT: who asked for it is gone, and the daemon knows that before it answers anybody else.
# The card is home, or it is with the VM that it is paired with; a VM that names it is paired with it.
settle_client () {
    within 20 daemon_answers || lost "$1: the daemon does not answer" || return
    within 20 on_one_side || lost "$1: not on one side" || return
    pairing_is_stored || {
        ! is_lent "$dgpu" || lost "$1: it is lent to a VM that it is not paired with" || return
        ! is_activated || lost "$1: the VM names it and is not paired with it" || return
    }
    virtflow status > /run/lab/log/operation || lost "$1: virtflow status" || return
    settle_pairing "$1"
}

daemon_answers () {
    virtflow_state > /dev/null
}
