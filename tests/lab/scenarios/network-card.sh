# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: group
# A VM that names a network card gets nothing from VirtFlow, and a GPU that shares its group is refused.

card=
for function in "$devices"/*; do
    read -r class < "$function/class"
    [[ $class != 0x02* ]] || card=${function##*/}
done
fails "a GPU that shares its group with a network card is refused, and the card named" \
    "$card.*network" virtflow lend "$dgpu.0"
is "$(drivers_of "$dgpu")" "$gpu_drivers" "and the GPU is where it was"

address="domain='0x${card:0:4}' bus='0x${card:5:2}' slot='0x${card:8:2}' function='0x${card:11:1}'"
define_vm router answers "<hostdev mode='subsystem' type='pci' managed='no'><source><address $address/></source></hostdev>"
modprobe vfio-pci
fails "libvirt itself answers for a network card" "$card" virsh -q start router
if virsh -q start router 2>&1 | grep -qi virtflow; then
    not_ok "VirtFlow has nothing to say about it"
else
    ok "VirtFlow has nothing to say about it"
fi
