# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# What the doctor says of the real host: what is right, what is missing as soon as it is, and VMs that
# would not start or not go well; and it changes nothing.
. /lab/lib/cycle.sh
. /lab/lib/refusal.sh

# has VERDICT CHECK WHAT: in what the doctor said last.
has () {
    if grep -q "^$1 *$2 " <<< "$said"; then
        ok "$3: $1 $2"
    else
        printf '%s\n' "$said"
        not_ok "$3: $1 $2"
    fi
}

# says VERDICT CHECK WHAT [ARGUMENT...]
says () {
    said=$(virtflow doctor --color=never "${@:4}" 2>&1) || :
    has "$@"
}

remember_host
before=$(all_that_may_change)

says FAILED kvm "a host without KVM"
for check in iommu vfio vfio-pci vfio-iommu-type1 static-binding blacklist two-gpus host-display \
    iommu-group carries-device compositor holders daemon gpu-stuck libvirt hook-installed \
    hook-confined; do
    has ok "$check" "all else is well"
done

succeeds "virtflow test: the card goes and comes back" virtflow test "$dgpu.0"
home_again "tested"
virtflow test "$dgpu.0" --json > /run/lab/test
is "$(grep -o '"drivers_lent" : "[^"]*"' /run/lab/test)" '"drivers_lent" : "vfio-pci vfio-pci"' \
    "it was on vfio-pci meanwhile"

exec {held}< "$(drm_node "$dgpu")"
refused 7 held-by-process virtflow test "$dgpu.0"
says warning holders "a program has the card open"
exec {held}<&-

echo "options vfio-pci ids=$(cut -c3- < "$devices/$dgpu.0/vendor"):$(cut -c3- < "$devices/$dgpu.0/device")" \
    > /etc/modprobe.d/old-guide.conf
says warning static-binding "a guide's leftovers"
rm /etc/modprobe.d/old-guide.conf

without_hook
says FAILED hook-installed "without the hook"
put_hook_back

# A process that only calls itself so: what counts is the name of who has it open.
cp /bin/sleep /run/lab/gnome-shell
/run/lab/gnome-shell 100 < "$(drm_node "$dgpu")" &
says FAILED compositor "a desktop on the card"
kill $!
wait $! 2> /dev/null || :

define_vm whole answers "$(hostdevs "$dgpu")"
define_vm managed answers "$(hostdevs "$dgpu" yes)"
define_vm half answers "$(hostdevs "$dgpu" | sed '/<\/hostdev>/q')"
define_vm moved answers "$(hostdevs "$dgpu" | sed "s/bus='0x${dgpu:5:2}'/bus='0x7e'/")"
# libvirt has not always refused to define such a VM; one that is there already is read as it is.
vm_xml orphan answers "<audio id='1' type='spice'/>" > /run/lab/orphan.xml
virsh define /run/lab/orphan.xml > /run/lab/refused 2>&1 || :
succeeds "libvirt refuses a VM in the words that the doctor quotes" grep -q \
    "Spice audio is not supported without spice graphics" /run/lab/refused
stop_libvirt
sed "s|<name>|<uuid>$(cat /proc/sys/kernel/random/uuid)</uuid>&|" /run/lab/orphan.xml \
    > /etc/libvirt/qemu/orphan.xml
start_libvirt
says ok vm-whole-gpu "a VM with the whole card" whole
says FAILED vm-managed "a VM whose card libvirt manages" managed
says FAILED vm-managed "a VM whose card was not given by VirtFlow" whole
says FAILED vm-whole-gpu "a VM with half a card" half
says FAILED vm-devices "a VM whose card is gone" moved
says FAILED vm-spice "a VM with SPICE's leftovers" orphan
says warning vm-machine "a VM with a BIOS" whole

stop_virtflow
says FAILED daemon "without the daemon"
says unknown compositor "without the daemon"
start_virtflow
says unknown hook-called "no VM with a GPU has started"
fails "a VM with a GPU that VirtFlow has not given it" "VirtFlow: " virsh -q start whole
says ok hook-called "its hook was called"
stop_libvirt
says FAILED libvirt "without libvirt"
start_libvirt

status=0
virtflow doctor > /dev/null 2>&1 || status=$?
is "$status" 21 "it ends as its worst finding says"
for vm in whole managed half moved orphan; do
    undefine_vm "$vm"
done
is "$(all_that_may_change)" "$before" "and nothing has changed"
