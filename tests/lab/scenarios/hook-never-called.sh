# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 300
# VirtFlow was installed while libvirtd ran, which therefore does not call its hook: the card comes
# home soon after QEMU's end all the same, and not before libvirt is done with it; and virtflow says
# what to reload.
. /lab/lib/cycle.sh

# libvirtd looks for hooks when it starts.
without_hook
stop_libvirt
start_libvirt
put_hook_back

remember_host
define_vm desk answers
define_vm brief leaves

activate () {
    virtflow activate "$1" "$dgpu.0" --yes
}

# home_in_time VM WHAT COMMAND...: its QEMU ends while the command runs.
home_in_time () {
    local ended=${EPOCHREALTIME/./} took vm=$1 what=$2
    shift 2
    "$@"
    within 30 is_home "$dgpu" || :
    took=$(milliseconds_since "$ended")
    printf '%s: home after %d ms\n' "$what" "$took"
    succeeds "$what: home within 5 s of QEMU's end" test "$took" -lt 5000
    home_again "$what"
    virtflow deactivate "$vm"
}

notices () {
    virtflow status --json | tr -d ' \n' | grep -o '"notices":\[[^]]*\]'
}

is "$(notices)" '"notices":[]' "nothing is amiss as far as VirtFlow knows"
activate desk
virsh -q start desk
running_with_gpu desk "killed"
succeeds "VirtFlow sees the VM that nobody announced" within 10 virtflow_state_is in-use
like "$(virtflow status)" "systemctl reload libvirtd" "virtflow status says what to reload"
like "$(notices)" '"reason":"hook-not-called"' "and so does its JSON"
fails "the card is not returned under the VM" 'desk' virtflow return "$dgpu.0"
home_in_time desk "killed" kill_qemu desk

activate desk
virsh -q start desk
home_in_time desk "killed at once" kill_qemu desk

activate desk
virsh -q start desk
home_in_time desk "destroyed at once" virsh -q destroy desk

activate brief
virsh -q start brief
succeeds "the guest leaves by itself" within 60 process_is_gone "$(vm_pid brief)"
home_in_time brief "left by itself" true

# libvirt is not done as long as it does not even run.
activate desk
virsh -q start desk
hold libvirtd
kill_qemu desk
read -r -t 4 -u "$silence" || :
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "libvirt is held: the card waits for it on vfio-pci"
is "$(virtflow_state)" lent "and VirtFlow knows that no QEMU has it"
# From there on it is the same as if QEMU had ended then.
home_in_time desk "libvirt was held" let_go libvirtd

# How often the hook told of the end of a VM.
times_told () {
    grep -c 'its VM has ended' /run/lab/log/virtflowd || :
}

kill -HUP "$(service_pid libvirtd)"
told=$(times_told)
activate desk
virsh -q start desk
is "$(notices)" '"notices":[]' "libvirtd was reloaded: it calls the hook"
home_in_time desk "announced" virsh -q destroy desk
is "$(times_told)" $((told + 1)) "which told of this VM's end"
