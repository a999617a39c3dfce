# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's VMs: tiny ones, whose guest is a boot sector that prints what it finds on its PCI bus.

vms_then=/disk/vm # -NAME, of each: its description without a GPU, also after a restart of the host

# The <hostdev> elements that put all functions of a host slot on one guest slot.
# hostdevs SLOT [MANAGED [GUEST_BUS]]
hostdevs () {
    local slot=$1 managed=${2:-no} bus=${3:-1} function address multi="multifunction='on'"
    for function in "$devices/$slot".*; do
        address=${function##*/}
        cat << END
<hostdev mode='subsystem' type='pci' managed='$managed'>
  <source><address domain='0x${address:0:4}' bus='0x${address:5:2}' slot='0x${address:8:2}' function='0x${address:11:1}'/></source>
  <address type='pci' domain='0' bus='$bus' slot='0' function='0x${address:11:1}' $multi/>
</hostdev>
END
        multi=
    done
}

# vm_xml NAME GUEST [DEVICES]: GUEST is answers, ignores or leaves (the power button, by itself).
vm_xml () {
    cat << END
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='/lab/guest/$2.img'/>
      <target dev='vda' bus='virtio'/>
      <readonly/>
    </disk>
    <serial type='file'><source path='/run/lab/serial/$1'/></serial>
    ${3-}
  </devices>
</domain>
END
}

define_vm () {
    vm_xml "$@" > "/run/lab/$1.xml"
    virsh -q define --validate "/run/lab/$1.xml" > /dev/null
    remember_vm "$1"
}

# remember_vm NAME: as it is described now it has to be whenever it has no GPU.
remember_vm () {
    local text
    text=$(< "/etc/libvirt/qemu/$1.xml")
    printf '%s\n' "$text" > "$vms_then-$1"
}

# It is gone because a scenario wanted that.
undefine_vm () {
    virsh -q undefine "$1"
    rm -f "$vms_then-$1"
}

vm_state () {
    virsh -q domstate "$1"
}

vm_is_off () {
    [ "$(vm_state "$1")" = "shut off" ]
}

vm_pid () {
    cat "/run/libvirt/qemu/$1.pid"
}

vm_output () {
    tr -d '\r' < "/run/lab/serial/$1"
}

# guest_is_up NAME [TIMES]: whether its guest has booted so often since the VM was started.
guest_is_up () {
    [ "$(grep -c 'guest is up' "/run/lab/serial/$1" 2> /dev/null)" -ge "${2:-1}" ]
}

# The functions that the guest found in its last boot, without those that are QEMU's own.
guest_devices () {
    vm_output "$1" | awk '/guest starts/ { n = 0 }
        / [0-9a-f]+:[0-9a-f]+$/ && !/^00:/ && !/ (1af4|1b36):/ { line[n++] = $0 }
        END { for (i = 0; i < n; i++) print line[i] }'
}

# kill_qemu NAME: without a chance to tell anybody; returns when the process is gone.
kill_qemu () {
    local pid
    pid=$(vm_pid "$1")
    kill -KILL "$pid"
    within 20 process_is_gone "$pid"
}
