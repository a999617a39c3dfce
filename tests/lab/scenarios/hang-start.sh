# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# A driver does not return from remove() while libvirt starts a VM: the start is refused in time with the
# words of the wedge, libvirt goes on, and when the kernel lets go the card comes home.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh

virtflow_with step-deadline=2000
define_vm desk answers
define_vm plain answers
put_on faultgpu "$dgpu"
remember_host
virtflow activate desk "$dgpu.0" --on-start --yes
begin_fault hang_remove

status=0
started=${EPOCHREALTIME/./}
answers_within 30 virsh -q start desk || status=$?
took=$(milliseconds_since "$started")
is "$status" 1 "the start is refused"
succeeds "after $took ms, within the hook's deadline of 20 s" test "$took" -lt 20000
wedge_is_told "in the words of the wedge: the step, where it hangs, and what to do" \
    "unbind $dgpu.0 from faultgpu" "the function remove_card"
is "$(virtflow_state)" wedged "VirtFlow says so"
for command in "list --all" "domstate desk" "dominfo desk" "dumpxml desk" "start plain" "destroy plain"; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virsh $command goes on" answers_within 20 virsh -q $command
done
is "$(vm_state desk)" "shut off" "the VM is off"

end_fault hang_remove
home_again "the kernel has let go"
virtflow deactivate desk
