# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# only when named
# What every scenario is judged by at its end: each of these, broken by hand, is noticed. (Two claims in
# one IOMMU group cannot be had by hand.)
. /lab/lib/cycle.sh

# noticed PATTERN WHAT: whoever looks now finds that, and nothing else.
noticed () {
    ! nothing_is_amiss || amiss="nothing is amiss"
    like "$amiss" "^$1\$" "$2"
}

define_vm plain answers
journal=/run/virtflow/gpu/$dgpu.0
succeeds "before, nothing is amiss" nothing_is_amiss

echo "$dgpu.1" > "$devices/$dgpu.1/driver/unbind"
noticed "$dgpu.1 is on none, .*" "a function without a driver"
echo "$dgpu.1" > /sys/bus/pci/drivers/snd_hda_intel/bind
echo pci-stub > "$devices/$dgpu.1/driver_override"
noticed "$dgpu.1 is reserved for 'pci-stub'" "an override of a GPU that is home"
echo > "$devices/$dgpu.1/driver_override"
touch "$journal"
noticed ".*its claim is none, its journal one" "a journal of a GPU that is home"
mv "$journal" /run/virtflow/gpu/0000:7f:00.0
noticed "the journal .*0000:7f:00.0 is left" "a journal of no GPU"
rm /run/virtflow/gpu/0000:7f:00.0

virtflow lend "$dgpu.0"
succeeds "lent, nothing is amiss" nothing_is_amiss
mv "$journal" /run/lab/journal
noticed ".*is lent, and its claim is .*, its journal none" "a GPU that is lent without a journal"
mv /run/lab/journal "$journal"
echo > "$devices/$dgpu.1/driver_override"
noticed "$dgpu.1 is reserved for '.null.'" "a GPU that is lent and not reserved"
echo vfio-pci > "$devices/$dgpu.1/driver_override"
virtflow return "$dgpu.0"

echo pci-stub > "$devices/$igpu.0/driver_override"
noticed ".*> $igpu.0 bochs-drm pci-stub" "an override of another device"
echo > "$devices/$igpu.0/driver_override"
virsh -q setvcpus plain 2 --maximum --config
noticed "the VM plain is not as it was.*" "a VM that is described otherwise"
virsh -q setvcpus plain 1 --maximum --config
succeeds "it is as before again" nothing_is_amiss
chmod 0 "/dev/snd/timer"
noticed "/dev/snd/timer has the mode 0" "a node that nobody may open"
chmod 660 "/dev/snd/timer"
(exec -a /usr/libexec/virtflow-worker sleep infinity) &
noticed "/usr/libexec/virtflow-worker infinity is left" "a helper that is left"
kill $!
stop_virtflow
noticed "$dgpu is nothing that VirtFlow told.*" "a daemon that is gone"
start_virtflow
virsh -q undefine plain
noticed "the VM plain is not as it was.*" "a VM that is gone"
rm "$vms_then-plain"
