# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: no-iommu boot-display twins group
# Hosts that cannot lend, or not this GPU: the reason of each.
. /lab/lib/refusal.sh

case $shape in
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
        ;;
esac
is "$(drivers_of "$dgpu")" "$gpu_drivers" "the host has its card"
