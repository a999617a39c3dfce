# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# Bad input and bad moments: each gets its exit status and its reason, and touches nothing.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/refusal.sh

# A conventional PCI bus with a device in each slot.
full_vm_xml () {
    local slot
    echo "<domain type='qemu'><name>full</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices><memballoon model='none'/>"
    for slot in {2..31}; do
        printf "<controller type='scsi' index='%d' model='virtio-scsi'>
<address type='pci' domain='0' bus='0' slot='%d' function='0'/></controller>\n" "$slot" "$slot"
    done
    echo "</devices></domain>"
}

remember_host
define_vm plain answers
define_vm byhand answers "$(hostdevs "$dgpu" yes)"

refused 2 invalid-address virtflow lend 0000:01:00.8
refused 2 invalid-option virtflow lend --no-such-option
refused 3 no-such-gpu virtflow lend 0000:7f:00.0
refused 3 no-such-vm virtflow activate nobody "$dgpu.0" --yes
refused 2 ambiguous-gpu virtflow lend 1234
refused 8 host-display virtflow lend "$igpu.0"
refused 8 hostdev-by-hand virtflow activate byhand "$dgpu.0" --yes
refused 2 foreign-libvirt virtflow --connect qemu+ssh://elsewhere/system vms
refused 5 not-authorized as_user anna virtflow lend "$dgpu.0"
refused 2 invalid-input virtflow activate plain "$dgpu.0" --evdev /dev/input/event0
refused 3 no-such-input virtflow activate plain "$dgpu.0" --usb dead:beef
refused 3 no-such-pairing virtflow deactivate plain

full_vm_xml > /run/lab/full.xml
virsh -q define --validate /run/lab/full.xml
remember_vm full
refused 4 no-free-slot virtflow activate full "$dgpu.0" --yes

virsh -q create <(vm_xml passing answers) > /dev/null
refused 4 transient-domain virtflow activate passing "$dgpu.0" --yes
virsh -q destroy passing

virsh -q start plain
succeeds "the guest comes up" within 30 guest_is_up plain
refused 2 confirmation-needed virtflow activate plain "$dgpu.0"
is "$(vm_state plain)" "running" "and the VM runs on"
virsh -q managedsave plain
refused 8 managed-save virtflow activate plain "$dgpu.0" --yes
virsh -q managedsave-remove plain

define_vm deaf ignores
virsh -q start deaf
succeeds "a guest that ignores the power button comes up" within 30 guest_is_up deaf
domain_text deaf > /run/lab/deaf.before
refused 1 guest-did-not-stop virtflow activate deaf "$dgpu.0" --yes --timeout 3
domain_text deaf > /run/lab/deaf.after
succeeds "and nothing has changed" diff /run/lab/deaf.before /run/lab/deaf.after
refused 1 guest-did-not-stop virtflow stop deaf --timeout 3
succeeds "stop --force ends it" virtflow stop --force deaf

virtflow activate plain "$dgpu.0" --yes
refused 6 already-activated virtflow activate plain "$dgpu.0" --yes
define_vm other answers
refused 6 claimed-by-vm virtflow activate other "$dgpu.0" --yes
virtflow deactivate plain

# at_once DIRECTION...: all asked at the same time. Who does not end well has to be told why.
at_once () {
    local direction callers=() i status
    untold=
    for direction; do
        virtflow "$direction" "$dgpu.0" > "/run/lab/at-once.${#callers[@]}" 2>&1 &
        callers+=($!)
    done
    for i in "${!callers[@]}"; do
        status=0
        wait "${callers[i]}" || status=$?
        [ "$status" = 0 ] || { [ "$status" = 6 ] && grep -q 'is running already' "/run/lab/at-once.$i"; } ||
            untold+="$i: $status $(tail -n 1 "/run/lab/at-once.$i") "
    done
}

workers=$(workers_started)
at_once lend{,,,,,,,}
is "$untold" "" "eight lends at once: each is served, or told that one runs"
succeeds "eight lends at once: the card is lent" within 10 virtflow_state_is lent
is "$(($(workers_started) - workers))" 1 "eight lends at once: by one switch"
at_once {lend,return}{,,,}
is "$untold" "" "lends and returns at once: each is served, or told that one runs"
succeeds "lends and returns at once: the card is on one side" within 10 on_one_side
virtflow return "$dgpu.0"
home_again "after all of them"

exec {held}< "$(drm_node "$dgpu")"
refused 7 held-by-process virtflow lend "$dgpu.0"
exec {held}<&-
home_again "after a refusal because of a holder"

/lab/programs/map-and-close "$(playback_node "$dgpu")" > /run/lab/mapper &
mapper=$!
succeeds "a program maps the card's sound device and closes it" within 10 grep -q mapped /run/lab/mapper
refused 7 held-by-process virtflow lend "$dgpu.0"
kill "$mapper"
wait "$mapper" || :
home_again "after a refusal because of one that has it mapped"

stop_libvirt
refused 13 no-libvirt virtflow vms
start_libvirt
stop_virtflow
refused 13 no-daemon virtflow lend "$dgpu.0"
start_virtflow
home_again "at the end"
