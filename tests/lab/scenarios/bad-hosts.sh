# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: one no-iommu boot-display twins group
# deadline: 120
# Hosts that cannot lend, or not this GPU: the reason of each.
. /lab/lib/refusal.sh
. /lab/lib/journal.sh

on_vfio_before () {
    lend_by_hand "$dgpu"
    refused 8 foreign-driver virtflow lend "$dgpu.0"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "a card that is not ours stays where it is"
    return_by_hand "$dgpu"
}

without_driver () {
    echo "$dgpu.0" > "$devices/$dgpu.0/driver/unbind"
    refused 8 foreign-driver virtflow lend "$dgpu.0"
    refused 8 foreign-driver virtflow activate plain "$dgpu.0" --yes
    echo "$dgpu.0" > /sys/bus/pci/drivers/bochs-drm/bind
}

without_vfio () {
    hide_vfio_module
    refused 4 no-vfio-pci virtflow lend "$dgpu.0"
    refused 4 no-vfio-pci virtflow activate plain "$dgpu.0" --yes
    put_vfio_module_back
}

# The second twin is lent, and nobody knows any more what was done to it.
with_damaged_journal () {
    virtflow lend "$dgpu2.0"
    stop_virtflow KILL
    damage_journal "$dgpu2"
    start_virtflow
    refused 3 no-such-gpu virtflow return "$dgpu2.0"
    like "$(virtflow status)" "to the GPU $dgpu2\.0 before is not known: its journal" \
        "virtflow status says why"
    is "$(drivers_of "$dgpu2")" "vfio-pci vfio-pci" "the card stays where it is"
    virtflow lend "$dgpu.0"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "the first twin is lent all the same"
    virtflow return "$dgpu.0"
    stop_virtflow
    succeeds "recover brings the second one home" virtflow recover "$dgpu2.0"
    is "$(drivers_of "$dgpu2")" "$gpu_drivers" "it has its drivers"
    start_virtflow
    succeeds "and is lent as before" virtflow lend "$dgpu2.0"
    virtflow return "$dgpu2.0"
}

case $shape in
    one)
        define_vm plain answers
        on_vfio_before
        without_driver
        without_vfio
        ;;
    no-iommu) refused 4 no-iommu virtflow lend "$dgpu.0" ;;
    boot-display) refused 8 host-display virtflow lend "$dgpu.0" ;;
    group) refused 8 foreign-group-member virtflow lend "$dgpu.0" ;;
    twins)
        refused 2 ambiguous-gpu virtflow lend
        virtflow lend "$dgpu2.0"
        is "$(drivers_of "$dgpu2")" "vfio-pci vfio-pci" "the second twin is lent"
        is "$(drivers_of "$dgpu")" "$gpu_drivers" "and the first one is not"
        virtflow return "$dgpu2.0"
        is "$(drivers_of "$dgpu2")" "$gpu_drivers" "the second twin is home"
        with_damaged_journal
        ;;
esac
is "$(drivers_of "$dgpu")" "$gpu_drivers" "the host has its card"
