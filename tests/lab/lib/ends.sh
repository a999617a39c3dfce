# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What must hold at the end of every scenario, whatever went wrong in it (scenario.sh sees to that): no
# function without a driver unless it was named, no reservation of what is not lent, one claim and one
# journal for what is away and none for what is home, nothing changed that is not the GPU's, VMs as they
# were, nodes that can be opened, and no helper left. It is asked so often that processes are few in it,
# each of which takes its time here; lib/invariants.sh asks for more.
# shellcheck disable=SC2154 # what lib/gpu.sh and lib/vm.sh know

others_then=/disk/others # outlives a restart of the host, which is the same scenario's

# remember_beginning LIFE
remember_beginning () {
    local file
    if [ "$1" = 1 ]; then
        for file in "$vms_then"-*; do
            [ ! -e "$file" ] || rm "$file"
        done
        others > "$others_then"
    fi
}

# VirtFlow may be on its way: a card comes home some time after its VM has ended.
ends_well () {
    if within 10 nothing_is_amiss; then
        ok "at its end the invariants hold"
    else
        printf '%s\n' "$amiss"
        not_ok "at its end the invariants hold"
    fi
}

nothing_is_amiss () {
    amiss=$(
        # shellcheck disable=SC2119 # nothing is excepted here
        broken_by_any
        broken_nodes
    )
    [ -z "$amiss" ]
}

# shellcheck disable=SC2120 # lib/invariants.sh names functions
# broken_by_any [FUNCTION...]: a line for each fault; of the functions that are named nothing is known.
broken_by_any () {
    broken_drivers "$@"
    # A scenario may have removed the packages, or not have installed them yet.
    [ ! -x /usr/libexec/virtflowd ] || broken_states "$@"
    broken_journals
    broken_domains
    others_are_unchanged || diff "$others_then" <(others) || :
    broken_helpers "$@"
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

others_are_unchanged () {
    [ "$(others)" = "$(< "$others_then")" ]
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
    local slot state claimant journal group groups=' '
    for slot in $dgpu $dgpu2; do
        find_state "$slot"
        journal=none
        [ ! -e "/run/virtflow/gpu/$slot.0" ] || journal=one
        case $state in
            host)
                [ "$claimant $journal" = "none none" ] ||
                    echo "$slot is with the host, and its claim is $claimant, its journal $journal"
                is_home "$slot" || echo "$slot is said to be with the host: $(drivers_of "$slot")"
                broken_overrides "$slot" ""
                ;;
            lent | in-use)
                [[ $claimant != none && $journal == one ]] ||
                    echo "$slot is $state, and its claim is $claimant, its journal $journal"
                is_lent "$slot" || echo "$slot is said to be $state: $(drivers_of "$slot")"
                broken_overrides "$slot" vfio-pci
                ;;
            *)
                [[ " $* " == *" $slot".* ]] || echo "$slot is ${state:-nothing that VirtFlow told}"
                [ "$journal" = one ] || echo "$slot is $state and has no journal"
                ;;
        esac
        [ "$claimant" != none ] || continue
        group=$(group_of "$slot.0")
        [[ $groups != *" $group "* ]] || echo "two claims in the IOMMU group $group"
        groups+="$group "
    done
}

# broken_overrides SLOT WANTED
broken_overrides () {
    local function override
    for function in "$devices/$1".*; do
        read -r override < "$function/driver_override"
        [ "${override/#(null)/}" = "$2" ] || echo "${function##*/} is reserved for '$override'"
    done
}

# Those of the GPUs are judged with their states.
broken_journals () {
    local file
    for file in /run/virtflow/gpu/*; do
        [[ ! -e $file || " $dgpu.0 $dgpu2.0 " == *" ${file##*/} "* ]] || echo "the journal $file is left"
    done
}

# A VM that has a GPU now is another one, as long as it has it.
broken_domains () {
    local file name text
    for file in "$vms_then"-*; do
        [ -e "$file" ] || continue
        name=${file#"$vms_then"-}
        text=
        [ ! -e "/etc/libvirt/qemu/$name.xml" ] || text=$(< "/etc/libvirt/qemu/$name.xml")
        [[ $text == *virtflow:gpu* || $text == "$(< "$file")" ]] || {
            echo "the VM $name is not as it was:"
            diff "$file" <(echo "$text") || :
        }
    done
}

# What keeps programs out of a card while it is lent takes the modes of its nodes.
broken_nodes () {
    find /dev/dri /dev/snd -type c ! -perm -g=rw -printf '%p has the mode %m\n'
}

# A worker that hangs is there until the kernel lets go. Its name is the card's, its command is not.
broken_helpers () {
    local line
    [ $# = 0 ] || return 0
    while IFS= read -r line; do
        echo "${line#* } is left"
    done < <(pgrep -af '^/usr/libexec/virtflow-(worker|probe|modules|services)')
}
