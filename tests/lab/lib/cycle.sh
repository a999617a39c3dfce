# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What must hold before and after a VM had a GPU, said once for all scenarios.

functions_seen='^([0-9a-f]+:[0-9a-f]+)\.0 1234:1111.([0-9a-f]+:[0-9a-f]+)\.1 8086:293e $' # by the guest

# Remembers how the host has the GPU.
remember_host () {
    host_registers=$(registers_of "$dgpu")
    host_node=$(drm_node "$dgpu")
}

# home_again WHAT: the drivers, the registers, and what a user has of the card.
home_again () {
    succeeds "$1: both functions are on their host drivers" within 60 is_home "$dgpu"
    succeeds "$1: VirtFlow says so" within 30 virtflow_state_is host
    is "$(registers_of "$dgpu")" "$host_registers" "$1: base addresses and memory-enable are as before"
    [ -z "$host_node" ] ||
        succeeds "$1: an ordinary user can open $host_node" within 10 anna_can_open "$host_node"
    succeeds "$1: the sound card is listed" within 10 sound_is_listed "$dgpu.1"
}

# virtflow_state_is STATE [SLOT]
virtflow_state_is () {
    [ "$(virtflow_state "${2-$dgpu}")" = "$1" ]
}

# virtflow_state [SLOT]
virtflow_state () {
    local slot=${1-$dgpu} path answer
    path=/org/virtflow/VirtFlow1/gpu/${slot//[:.]/_}
    answer=$(busctl get-property org.virtflow.VirtFlow1 "$path" org.virtflow.VirtFlow1.Gpu State) ||
        return 1
    answer=${answer#s \"}
    echo "${answer%\"}"
}

# running_with_gpu VM WHAT: vfio-pci on the host, and what its guest prints.
running_with_gpu () {
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "$2: both functions are on vfio-pci"
    succeeds "$2: the guest comes up" within 30 guest_is_up "$1"
    guest_sees_gpu "$1" "$2: the guest sees both functions on one slot"
}

# guest_sees_gpu VM WHAT
guest_sees_gpu () {
    local seen
    seen=$(guest_devices "$1" | tr '\n' ' ')
    if [[ $seen =~ $functions_seen ]] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]; then
        ok "$2"
    else
        printf 'the guest sees: %s\n' "$seen"
        not_ok "$2"
    fi
}

# The domain as libvirt has it, with passwords.
domain_text () {
    virsh -q dumpxml --inactive --security-info "$1"
}

# One redefine without changes: the text from here on is libvirt's own.
reach_fixed_point () {
    domain_text "$1" > "/run/lab/$1.fixed"
    virsh -q define "/run/lab/$1.fixed" > /dev/null
    remember_vm "$1"
    domain_text "$1" > "/run/lab/$1.fixed"
}

# Not half-way: every function on the same side, and VirtFlow says which.
on_one_side () {
    { is_home "$dgpu" && virtflow_state_is host; } || { is_lent "$dgpu" && virtflow_state_is lent; }
}
