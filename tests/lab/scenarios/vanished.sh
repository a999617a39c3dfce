# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# A card that is lent and not in use leaves its slot, and comes back: VirtFlow says that it is not there,
# writes to nothing that is gone, and has no claim left of a card that the host has again.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/invariants.sh

remember_host
remember_invariants

virtflow lend "$dgpu.0"
for function in "$devices/$dgpu".*; do
    echo 1 > "$function/remove"
done
succeeds "the kernel has no such card" test ! -e "$devices/$dgpu.0"
fails_with 3 no-such-gpu "to return it: there is no such GPU" virtflow return "$dgpu.0"
fails_with 3 no-such-gpu "nor can it be lent" virtflow lend "$dgpu.0"
for command in status gpus recover; do
    succeeds "virtflow $command goes on" answers_within 20 virtflow "$command"
done
answers "without its card" 20
echo 1 > /sys/bus/pci/rescan
succeeds "the kernel finds it again and gives it to the host's drivers" within 10 is_home "$dgpu"
home_again "found again"
invariants_hold "found again"

# And the same card is as good as before.
virtflow lend "$dgpu.0"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "it can be lent"
virtflow return "$dgpu.0"
home_again "returned"

set_reset_methods () {
    local file
    for file in "$devices/$dgpu".*/reset_method; do
        [ ! -e "$file" ] || echo "$1" > "$file"
    done
}

# A card that cannot be reset is told of, and goes and comes like another.
methods=$(cat "$devices/$dgpu.0/reset_method")
like "$(virtflow show "$dgpu.0" --json)" "\"reset_methods\" *: *\"$methods\"" \
    "virtflow show tells how it is reset: $methods"
set_reset_methods ""
like "$(virtflow show "$dgpu.0" --json)" "\"reset_methods\" *: *\"\"" \
    "or that it cannot be"
define_vm desk answers
virtflow activate desk "$dgpu.0" --yes
virsh -q start desk
running_with_gpu desk "without a reset"
virsh -q destroy desk
home_again "without a reset"
set_reset_methods default

# Under a VM that runs the kernel waits until the VM has let go of it, and nobody else does.
virsh -q start desk
running_with_gpu desk "once more"
# shellcheck disable=SC2016 # that shell expands it
bash -c 'for function; do echo 1 > "$function/remove"; done' remover "$devices/$dgpu".* &
remover=$!
for command in status gpus; do
    succeeds "removed under a VM: virtflow $command goes on" answers_within 20 virtflow "$command"
done
answers "removed under a VM" 20
is "$(vm_state desk), $(virtflow_state)" "running, in-use" "removed under a VM: which runs on"
succeeds "removed under a VM: the kernel waits for it" test -e "$devices/$dgpu.0"
virsh -q destroy desk
succeeds "removed under a VM: with that it is gone" within 60 process_is_gone "$remover"
succeeds "removed under a VM: the kernel has no such card" test ! -e "$devices/$dgpu.0"
echo 1 > /sys/bus/pci/rescan
home_again "removed under a VM, and found again"
virtflow deactivate desk
invariants_hold "at the end"
