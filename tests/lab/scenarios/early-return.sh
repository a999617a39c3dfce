# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deadline: 180
# Why a return waits for libvirt's release: a card that goes home as soon as QEMU is dead is reset by
# libvirt under its driver, and only enumerating it anew heals it. VirtFlow's hook is out of the way.

without_hook

before=$(registers_of "$dgpu")
define_vm hasty answers "$(hostdevs "$dgpu")"

registers_are_lost () {
    [[ $(registers_of "$dgpu") == *"memory=0 bases=00000000"* ]]
}

# The card is home before libvirt notes anything: libvirtd is held meanwhile.
lend_by_hand "$dgpu"
virsh -q start hasty
hold libvirtd
kill_qemu hasty
return_by_hand "$dgpu"
is "$(registers_of "$dgpu")" "$before" "returned at QEMU's death: the card is well until libvirt acts"
let_go libvirtd
succeeds "libvirt notes the death" within 30 vm_is_off hasty
registers_of "$dgpu"
succeeds "then libvirt's reset takes the registers" within 20 registers_are_lost
is "$(driver_of "$dgpu.0")" bochs-drm "while its driver link says that all is well"
succeeds "enumerating the card anew heals it" enumerate_anew "$dgpu"
is "$(registers_of "$dgpu")" "$before" "with the registers that it had"

lend_by_hand "$dgpu"
virsh -q start hasty
kill_qemu hasty
succeeds "libvirt notes the next death" within 30 vm_is_off hasty
return_by_hand "$dgpu"
is "$(registers_of "$dgpu")" "$before" "returned when libvirt is done with it, the card is well"
