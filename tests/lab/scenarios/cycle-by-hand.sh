# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deadline: 180
# The whole way with bare writes and libvirt: what VirtFlow does must be possible here.

# VirtFlow would refuse a VM that nobody paired.
without_hook

before=$(registers_of "$dgpu")
echo "$before"
lend_by_hand "$dgpu"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "both functions are on vfio-pci"
is "$(ls "/dev/vfio/$(group_of "$dgpu.0")")" "/dev/vfio/$(group_of "$dgpu.0")" "the group has its node"

define_vm guest answers "$(hostdevs "$dgpu")"
virsh -q start guest
succeeds "the guest comes up" within 30 guest_is_up guest
is "$(guest_devices guest)" $'01:00.0 1234:1111\n01:00.1 8086:293e' "the guest sees both on one slot"
virsh -q reset guest
succeeds "the guest comes up after a reset" within 30 guest_is_up guest 2
is "$(guest_devices guest)" $'01:00.0 1234:1111\n01:00.1 8086:293e' "and sees both again"

virsh -q shutdown guest
succeeds "the guest answers the power button" within 30 vm_is_off guest
return_by_hand "$dgpu"
is "$(drivers_of "$dgpu")" "$gpu_drivers" "both functions are on their drivers again"
is "$(registers_of "$dgpu")" "$before" "with the registers that they had"
succeeds "an ordinary user can open the DRM node" within 5 anna_can_open "$(drm_node "$dgpu")"
succeeds "the sound card is listed" within 10 sound_is_listed "$dgpu.1"
