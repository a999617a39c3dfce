# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# The main job, as make run shows it: a GPU goes to a VM and comes back, by every way to stop.
. /lab/lib/cycle.sh

say () {
    printf '\n\e[1m%s\e[0m\n' "$1"
}

show () {
    printf '$ %s\n' "$*"
    "$@" 2>&1
}

# show_drivers WHEN
show_drivers () {
    printf '  %-36s %s\n' "drivers of $dgpu.0 and .1, $1:" "$(drivers_of "$dgpu")"
}

show_guest () {
    printf '  the guest sees:\n'
    guest_devices "$1" | sed 's/^/    /'
}

define_vm win11 answers "<graphics type='spice' passwd='secret'/><video><model type='qxl'/></video>
    <sound model='ich9'/><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
reach_fixed_point win11
remember_host

say "The machine: two GPUs, and a VM with a screen window of its own"
show virtflow gpus
show virtflow vms

say "What activation will do"
show virtflow activate win11 "$dgpu.0" --dry-run

say "The GPU goes to the VM"
show_drivers before
show virtflow activate win11 "$dgpu.0" --yes
show_drivers lent
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated: both functions are on vfio-pci"
kept=$(virsh -q dumpxml win11 | grep -E '(hostdev|graphics|audio|sound)' | grep -vE "^ *</?hostdev")
is "${kept//[[:space:]]/}" "<audioid='1'type='none'/>" "activated: hostdevs, and none of what was removed"

say "(a) virtflow start, a reset of the guest, virtflow stop"
show virtflow start win11
running_with_gpu win11 "started"
show_drivers "in use"
show_guest win11
virsh -q reset win11
succeeds "the guest comes up after a reset" within 30 guest_is_up win11 2
guest_sees_gpu win11 "after a reset the guest sees both functions again"
show_guest win11
show virtflow gpus
show virtflow stop win11
home_again "(a) stopped by the power button"
show_drivers after

say "(b) the guest powers itself off"
sed 's/answers.img/leaves.img/' <(domain_text win11) > /run/lab/leaving.xml
virsh -q define /run/lab/leaving.xml > /dev/null
show virsh -q start win11
succeeds "(b) the VM ends by itself" within 60 vm_is_off win11
home_again "(b) the guest powered itself off"
show_drivers after
sed 's/leaves.img/answers.img/' <(domain_text win11) > /run/lab/staying.xml
virsh -q define /run/lab/staying.xml > /dev/null

say "(c) virsh destroy"
show virsh -q start win11
running_with_gpu win11 "(c)"
show_drivers "in use"
show virsh -q destroy win11
home_again "(c) destroyed"
show_drivers after

say "(d) QEMU is killed"
show virsh -q start win11
running_with_gpu win11 "(d)"
show_drivers "in use"
printf '$ kill -9 %s\n' "$(vm_pid win11)"
kill_qemu win11
home_again "(d) QEMU killed"
show_drivers after

say "(e) QEMU is killed while libvirtd is down"
show virsh -q start win11
running_with_gpu win11 "(e)"
show_drivers "in use"
qemu=$(vm_pid win11)
stop_libvirt KILL
printf '$ kill -9 libvirtd; kill -9 %s\n' "$qemu"
kill -KILL "$qemu"
home_again "(e) QEMU killed without libvirtd"
show_drivers after
start_libvirt
succeeds "(e) libvirtd is back and knows that the VM is off" within 30 vm_is_off win11
home_again "(e) libvirtd is back"
show virtflow lend "$dgpu.0"
show virtflow return "$dgpu.0"
home_again "(e) lent and returned once more"

say "The VM as it was"
show virtflow deactivate win11
domain_text win11 > /run/lab/win11.after
succeeds "deactivated: the VM's XML is the one before" diff -u /run/lab/win11.fixed /run/lab/win11.after
home_again "deactivated"
show virtflow gpus
