# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# shapes: group
# A VM that names a network card gets nothing from VirtFlow, and a GPU that shares its group is refused.
. /lab/lib/cycle.sh

libvirts_own_words='^error: Failed to start domain .*Unmanaged PCI device'
card=
for function in "$devices"/*; do
    read -r class < "$function/class"
    [[ $class != 0x02* ]] || card=${function##*/}
done
fails "a GPU that shares its group with a network card is refused, and the card named" \
    "$card.*network" virtflow lend "$dgpu.0"
is "$(drivers_of "$dgpu")" "$gpu_drivers" "and the GPU is where it was"

card_driver=$(driver_of "$card")
address="domain='0x${card:0:4}' bus='0x${card:5:2}' slot='0x${card:8:2}' function='0x${card:11:1}'"
define_vm router answers "<hostdev mode='subsystem' type='pci' managed='no'><source><address $address/></source></hostdev>"
modprobe vfio-pci

# The hook is called as libvirt does it: with the domain, and nothing comes back.
hook_says () {
    domain_text router | "$hook" router "$1" "$2" - 2>&1
}
is "$(hook_says prepare begin)" "" "the hook has nothing to say about a network card"
is "$(hook_says release end)" "" "nor when its VM has ended"

# Then libvirt goes on to what it does itself: it looks at the group of the card.
status=0
answer=$(virsh -q start router 2>&1) || status=$?
printf '%s\n' "$answer"
is "$status" 1 "the card is on the host's driver, so the VM does not start"
like "$answer" "$libvirts_own_words $card" "and it is libvirt that says so"
if [[ ${answer,,} == *virtflow* || $answer == *'Hook script'* ]]; then
    not_ok "VirtFlow has no part in it"
else
    ok "VirtFlow has no part in it"
fi
is "$(driver_of "$card")" "$card_driver" "the network card is where it was"
