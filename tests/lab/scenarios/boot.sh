# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: one twins group no-iommu boot-display
# The emulated host itself: what each shape promises, as the kernel shows it.

boot_vga () {
    cat "$devices/$1.0/boot_vga" 2> /dev/null || echo none
}

# Whether a connector of the slot's card is in use: enabled or disabled.
connectors () {
    local connector
    for connector in "$devices/$1".0/drm/card*/card*-*; do
        cat "$connector/enabled"
    done
}

succeeds "udev, D-Bus, polkit and libvirt are up" virsh -q list
lspci -nnk -d ::0300
lspci -nnk -d ::0380

for slot in $igpu $dgpu $dgpu2; do
    echo "$slot.0: boot_vga $(boot_vga "$slot"), connector $(connectors "$slot")," \
        "IOMMU group $(group_of "$slot.0"): $(group_members "$slot.0")"
done

is "$(driver_of "$igpu.0")" bochs-drm "the iGPU has its driver"
if [ "$shape" = boot-display ]; then
    is "$(boot_vga "$dgpu")" 1 "the dGPU is the boot display"
    is "$(connectors "$dgpu")" enabled "the dGPU's connector is enabled"
else
    is "$(boot_vga "$igpu")" 1 "the iGPU is the boot display"
    is "$(connectors "$igpu")" enabled "the iGPU's connector is enabled"
    # The last to close a DRM node leaves the screen to the kernel's own console, on any card; only
    # a driver that begins anew does not know of it.
    echo "$dgpu.0" > "$devices/$dgpu.0/driver/unbind"
    echo "$dgpu.0" > /sys/bus/pci/drivers/bochs-drm/bind
    is "$(connectors "$dgpu")" disabled "the dGPU's connector is not"
    # udev gives the node its mode a moment after the driver made it.
    within 10 anna_can_open "$(drm_node "$dgpu")"
    is "$(connectors "$dgpu")" enabled "but it is once somebody has opened and closed the node"
fi
for slot in $dgpu $dgpu2; do
    is "$(drivers_of "$slot")" "$gpu_drivers" "$slot: both functions have their drivers"
    succeeds "$slot: an ordinary user can open its DRM node" within 10 anna_can_open "$(drm_node "$slot")"
    succeeds "$slot: its sound card is listed" within 10 sound_is_listed "$slot.1"
    is "$(group_of "$slot.1")" "$(group_of "$slot.0")" "$slot: both functions are in one group"
done

case $shape in
    no-iommu)
        is "$(group_of "$dgpu.0")" none "there is no IOMMU group"
        ;;
    group)
        like "$(lspci -n -s "$(group_members "$dgpu.0" | tr ' ' '\n' | tail -n 1)")" ' 0200: ' \
            "a network card is in the group"
        ;;
    *)
        is "$(group_members "$dgpu.0")" "$dgpu.0 $dgpu.1" "the group is the card and nothing else"
        ;;
esac

if [ "$shape" = twins ]; then
    is "$(cat "$devices/$dgpu2.0/device")" "$(cat "$devices/$dgpu.0/device")" "the twins are alike"
else
    is "$dgpu2" "" "there is one dGPU"
fi
