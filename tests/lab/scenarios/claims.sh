# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# Who gets a GPU and who does not, whatever some XML says.
. /lab/lib/cycle.sh

# A worker that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000
remember_host
define_vm first answers
define_vm second answers "$(hostdevs "$dgpu")"
define_vm managed answers "$(hostdevs "$dgpu" yes)"

# forged_vm [DEVICES]: its XML says that VirtFlow gave it a GPU, in a mark that anybody may write.
forged_vm () {
    local uuid=6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01
    local mark="<virtflow:gpu xmlns:virtflow='https://virtflow.org/xmlns/libvirt/domain/1.0' profile='keep'/>"
    vm_xml forged answers "${1-}" | sed "s|<name>.*|&<uuid>$uuid</uuid><metadata>$mark</metadata>|" \
        > /run/lab/forged.xml
    virsh -q define --validate /run/lab/forged.xml
}

forged_vm "$(hostdevs "$dgpu")"
fails "a mark that was forged makes no pairing" "forged.*nobody allowed it" virsh -q start forged
home_again "after that mark"
forged_vm
succeeds "without a hostdev such a VM starts" virsh -q start forged
is "$(virtflow_state) $(drivers_of "$dgpu")" "host $gpu_drivers" "and has no GPU"
virsh -q destroy forged
like "$(virtflow deactivate forged 2>&1)" "What it had before instead of it is not known" \
    "no more than the mark can be taken back"
is "$(domain_text forged | grep -c virtflow) $(drivers_of "$dgpu")" "0 $gpu_drivers" \
    "and the card stays at home"

fails "an unpaired VM that names the GPU with managed='no' is refused" \
    "second.*nobody allowed it" virsh -q start second
home_again "after that refusal"

virtflow activate first "$dgpu.0" --on-start --yes
is "$(drivers_of "$dgpu")" "$gpu_drivers" "activated for its start: the host still has the card"
virsh -q start first
running_with_gpu first "plain virsh start"
fails "a second VM is refused with the name of the first" "reserved for the VM first" \
    virsh -q start second
fails "one that libvirt manages as well" "reserved for the VM first" virsh -q start managed
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "the refused starts did not pull the card away"
is "$(vm_state first)" "running" "the first VM runs on"
succeeds "VirtFlow says in-use" within 10 virtflow_state_is in-use
fails "the card of a running VM is not returned" "[Ss]hut" virtflow return "$dgpu.0"
virsh -q destroy first
home_again "the first VM has ended"

virsh -q start first
running_with_gpu first "a second start in one life of libvirtd"
virsh -q destroy first
home_again "after the second run"

# The card is on its way home, and the next start waits for it: the worker is held in mid-return.
virsh -q start first
succeeds "a third run" within 30 guest_is_up first
hold_worker
virsh -q destroy first
succeeds "the card is returning" within 10 virtflow_state_is returning
virsh -q start first &
starting=$!
succeeds "a start that comes now reaches the hook" within 20 pgrep -f '50-virtflow first prepare'
is "$(virtflow_state)" returning "and waits"
let_worker_go
if wait "$starting"; then
    ok "until the card is there"
else
    not_ok "until the card is there"
fi
running_with_gpu first "started in mid-return"

# Its owner takes it away from libvirt meanwhile.
undefine_vm first
virsh -q destroy first
home_again "after a start in mid-return, and not defined any more"
like "$(virtflow deactivate first 2>&1)" "first is not defined any more: it was left alone" \
    "its pairing can be taken back"
is "$(ls /var/lib/virtflow/pairings)" "" "and is forgotten"
