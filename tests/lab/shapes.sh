# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The machines that the lab can be: a function for each, which fills the array devices with QEMU's
# arguments. The iGPU is 00:02.0 on all of them; a dGPU is a display and its HD audio on one slot.
# shellcheck disable=SC2034 # devices, processor and words are read by boot

shape_names='one twins group no-iommu boot-display systemd new-host'

# What the kernel is told of the IOMMU.
words='intel_iommu=on iommu=pt'

iommu=(-device "intel-iommu,intremap=on,caching-mode=on,device-iotlb=on")

root_port () {
    local name=$1 number=$2 slot=$3
    devices+=(-device "pcie-root-port,id=$name,chassis=$number,addr=$slot")
}

# One card. Its audio function needs a codec, else the host makes no sound card of it.
dgpu () {
    local name=$1 bus=$2 display=$3 slot=${4:-0x0}
    devices+=(-device "$display,id=$name,bus=$bus,addr=$slot,multifunction=on"
        -device "ich9-intel-hda,id=$name-audio,bus=$bus,addr=$slot.0x1"
        -audiodev "none,id=$name-silence"
        -device "hda-duplex,bus=$name-audio.0,audiodev=$name-silence")
}

# A desktop PC: the iGPU is the boot display, one dGPU behind a root port of its own.
shape_one () {
    devices=("${iommu[@]}" -device "VGA,id=igpu,addr=0x2")
    root_port port1 1 0x3
    dgpu dgpu port1 secondary-vga
}

# Two cards that differ in nothing but their slots.
shape_twins () {
    shape_one
    root_port port2 2 0x4
    dgpu dgpu2 port2 secondary-vga
}

# The card and a network card behind one PCIe-to-PCI bridge: the IOMMU cannot tell them apart.
shape_group () {
    devices=("${iommu[@]}" -device "VGA,id=igpu,addr=0x2")
    root_port port1 1 0x3
    devices+=(-device "pcie-pci-bridge,id=bridge,bus=port1")
    dgpu dgpu bridge secondary-vga 0x1
    devices+=(-netdev "hubport,id=wire,hubid=0" -device "e1000,bus=bridge,addr=0x2,netdev=wire")
}

# The IOMMU is switched off in the firmware.
shape_no_iommu () {
    iommu=()
    shape_one
}

# The monitor hangs on the dGPU, and the firmware used it.
shape_boot_display () {
    devices=("${iommu[@]}" -device "secondary-vga,id=igpu,addr=0x2")
    root_port port1 1 0x3
    dgpu dgpu port1 VGA
}

# The same PC and a network card, with systemd as process 1: it takes longer to come up, and VirtFlow's
# units count.
shape_systemd () {
    shape_one
    devices+=(-netdev "hubport,id=wire,hubid=0" -device "e1000,addr=0x8,netdev=wire")
}

# That PC, with a keyboard, a mouse and one more USB device, before anybody has heard of VirtFlow:
# without it, with nothing on the kernel's command line but what its boot loader has, and everything
# that is changed there stays.
shape_new_host () {
    shape_systemd
    devices+=(-device "qemu-xhci,id=usb,addr=0x9" -device "usb-kbd,bus=usb.0"
        -device "usb-mouse,bus=usb.0" -chardev "null,id=nothing"
        -device "usb-serial,bus=usb.0,chardev=nothing,always-plugged=on")
    processor+=,vendor=GenuineIntel
    words=$(boot_words)
    words="${words:-quiet intel_iommu=off} lab.keeps=all"
}

# What the host's update-grub has made of its /etc/default/grub; nothing before the first start.
boot_words () {
    # The machine before this one did not unmount it.
    e2fsck -p -E journal_only "$disk" > /dev/null 2>&1 || :
    debugfs -R 'cat /upper/boot/grub/grub.cfg' "$disk" 2> /dev/null |
        sed -n 's,^[[:space:]]*linux[[:space:]]*[^ ]* *,,p' | head -n 1
}
