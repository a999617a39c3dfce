# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: twins
# deadline: 300
# A driver that does not return from remove() costs its own GPU and nothing else: the call is answered,
# the other GPU's VM and all of VirtFlow and libvirt go on, and when the kernel lets go the card comes
# home by itself.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/invariants.sh

define_vm other answers
define_vm plain answers
put_on faultgpu "$dgpu"
remember_host
remember_invariants
virtflow activate other "$dgpu2.0" --yes
virsh -q start other
succeeds "the other GPU's VM comes up" within 30 guest_is_up other

# How long five calls of virtflow status take, in milliseconds.
time_of_status () {
    local started=${EPOCHREALTIME/./} i
    for i in 1 2 3 4 5; do
        virtflow status > /dev/null
    done
    milliseconds_since "$started"
}
before=$(time_of_status)

# In time also while the call waits: the daemon is measured as long as it does.
begin_fault hang_remove
(fails_with 11 wedged "the call is answered: wedged" virtflow lend "$dgpu.0"
    echo "$took" > /run/lab/took) &
call=$!
answers "while the call waits" 10000 "$call"
wait "$call"
wedge_is_told "it says which step hangs, where, and what to do" "unbind $dgpu.0 from faultgpu" \
    "the function remove_card"
took=$(cat /run/lab/took)
echo "the call took $took ms"
# Programs under sanitizers take several times as long for what is left of it once the step is given up.
deadline=15
! grep -q AddressSanitizer /usr/libexec/virtflowd || deadline=20
succeeds "within its deadline of $deadline s" test "$took" -lt "${deadline}000"
is "$(virtflow_state)" wedged "VirtFlow says so"
is "$(driver_of "$dgpu.0") $(driver_of "$dgpu.1")" "none none" \
    "for the kernel neither function has a driver"
answers "wedged" 100

# Whatever is asked of VirtFlow now, nobody looks at the card, and no worker is started for it.
seen=$(seen_by_driver)
workers=$(workers_started)
for command in status gpus vms "show $dgpu2.0" "report --output -" log "test --help" "help wedged" \
    "deactivate --all --dry-run" "complete show o"; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virtflow $command goes on" answers_within 10 virtflow $command
done
like "$(< /run/lab/answer)" $'\nother\trunning' "which knows the VM that is meant"
status=0
answers_within 10 virtflow doctor || status=$?
is "$status" 21 "virtflow doctor goes on"
like "$(< /run/lab/answer)" "$dgpu.0 is wedged: its driver hangs in the kernel" "and says what is wedged"
virtflow watch > /run/lab/watched &
watch=$!
succeeds "virtflow watch goes on" within 10 grep -q wedged /run/lab/watched
kill "$watch"
for command in "show $dgpu.0" recover; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virtflow $command says how it stands" tells_of_wedge virtflow $command
done
like "$(virtflow gpus)" "wedged" "the list of GPUs says it"
fails_with 11 wedged "to lend it again is refused" virtflow lend "$dgpu.0"
succeeds "at once" test "$took" -lt 5000
fails_with 11 wedged "and so is to return it" virtflow return "$dgpu.0"
is "$(seen_by_driver)" "$seen" "nothing touched the card meanwhile"
is "$(workers_started)" "$workers" "and no worker was started"
invariants_hold "wedged" "$dgpu.0" "$dgpu.1"

# The other GPU, its VM, and a VM without any.
for command in list "dominfo other" "domstate other" "dumpxml other" "suspend other" "resume other" \
    "start plain" "destroy plain" "undefine plain" "define /run/lab/plain.xml" "shutdown other"; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virsh $command goes on" answers_within 20 virsh -q $command
done
remember_vm plain # it is another one, with another UUID
succeeds "the guest of the other GPU's VM answers the power button" within 30 vm_is_off other
succeeds "the other GPU comes home when its VM ends" within 30 is_home "$dgpu2"
succeeds "its VM can be deactivated" answers_within 20 virtflow deactivate other
succeeds "the other GPU goes and comes back" answers_within 20 virtflow test "$dgpu2.0"
succeeds "its VM can be activated" answers_within 20 virtflow activate other "$dgpu2.0" --yes
succeeds "and started" answers_within 20 virtflow start other
succeeds "and its guest comes up" within 30 guest_is_up other
invariants_hold "wedged, and the other GPU in use" "$dgpu.0" "$dgpu.1"
after=$(time_of_status)
echo "five times virtflow status: $before ms before, $after ms with a wedged GPU"
# One that waited for the card would take the whole deadline of a step.
succeeds "virtflow status does not wait for the card" test "$after" -lt $((before * 3))

end_fault hang_remove
home_again "the kernel has let go"
succeeds "the other GPU's VM can be stopped" answers_within 20 virtflow stop other
succeeds "the other GPU comes home" within 30 is_home "$dgpu2"
virtflow deactivate other
invariants_hold "at the end"
