# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# An activated VM, and the host restarts: the card is home; a start takes it, also after a return by hand.
. /lab/lib/cycle.sh

if before_reboot; then
    define_vm desk answers
    virtflow activate desk "$dgpu.0" --yes
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated"
    reboot_host
fi

remember_host
is "$(drivers_of "$dgpu")" "$gpu_drivers" "after the reboot the card is on its host drivers"
virsh -q start desk
running_with_gpu desk "started after the reboot"
virtflow stop --force desk
home_again "stopped"
virtflow deactivate desk

# The same without a reboot: lent to the VM, and given back by hand before it was ever started.
virtflow activate desk "$dgpu.0" --yes
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated once more"
virtflow return "$dgpu.0"
home_again "virtflow return"
virsh -q start desk
running_with_gpu desk "started after virtflow return"
virtflow stop --force desk
home_again "stopped again"
virtflow deactivate desk
