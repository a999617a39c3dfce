# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# A VM that runs is activated: it is shut down last; and a lost mark is no lost VM.
. /lab/lib/cycle.sh

define_vm win11 answers "<graphics type='spice' passwd='secret'/><video><model type='qxl'/></video>"
remember_host
domain_text win11 > /run/lab/win11.before
virsh -q start win11
succeeds "the guest comes up" within 30 guest_is_up win11
virtflow activate win11 "$dgpu.0" --yes
is "$(vm_state win11)" "shut off" "the VM was stopped"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated"
virtflow start win11
running_with_gpu win11 "started"
saves_nothing () {
    fails "libvirt does not save a VM that has a GPU: $1" "hostdev|host device|VFIO|migrat" virsh -q "$@"
}
saves_nothing managedsave win11
saves_nothing save win11 /run/lab/saved
saves_nothing snapshot-create-as win11 --memspec /run/lab/memory
is "$(vm_state win11), $(virtflow_state)" "running, in-use" "the VM and its card stay as they are"
virsh -q suspend win11
fails "a VM that is paused is not waited for" "is paused.*virsh resume" virtflow stop win11
fails "nor ended when it is deactivated" "is paused.*virsh resume" virtflow deactivate win11 --yes
is "$(vm_state win11), $(virtflow_state)" "paused, in-use" "it stays so, with its card"
virsh -q resume win11
virtflow stop win11
home_again "stopped"
domain_text win11 | grep -v 'virtflow:gpu\|<metadata>\|</metadata>' > /run/lab/unmarked.xml
virsh -q define /run/lab/unmarked.xml
virtflow deactivate win11 --dry-run
virtflow deactivate win11
domain_text win11 > /run/lab/win11.after
succeeds "deactivated: the VM is as it was" diff -u /run/lab/win11.before /run/lab/win11.after
succeeds "and starts without the GPU" virtflow start win11
virtflow stop win11 --force
home_again "deactivated"
