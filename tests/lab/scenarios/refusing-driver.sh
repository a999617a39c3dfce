# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# The host's driver refuses the card on its way home: a few times, which is put right unasked; or for
# good, which is said with the kernel's own words, and put right when somebody asks after the cause is
# gone.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/invariants.sh

kernels_line="the card's firmware does not answer"

define_vm desk answers
put_on faultgpu "$dgpu"
remember_host
remember_invariants

# Twice, when a VM ends and nobody is there to try again.
virtflow activate desk "$dgpu.0" --yes
virsh -q start desk
running_with_gpu desk "a VM has the card"
begin_fault refuse_times 2
probes=$(times_seen probes)
virsh -q destroy desk
home_again "refused twice"
is "$(($(times_seen probes) - probes))" 3 "refused twice: the third try was the one"
virtflow deactivate desk
invariants_hold "refused twice"

# For good.
virtflow lend "$dgpu.0"
begin_fault refuse_probe 5
probes=$(times_seen probes)
status=0
answers_within 60 virtflow return "$dgpu.0" || status=$?
cat /run/lab/answer
succeeds "refused for good: the return says so" test "$status" != 0
like "$(cat /run/lab/answer)" "$kernels_line" "with the words of the kernel"
is "$(virtflow_state)" mixed "VirtFlow does not say that the host has it"
is "$(driver_of "$dgpu.0")" none "the display has no driver"
tried=$(($(times_seen probes) - probes))
succeeds "the driver was tried $tried times" test "$tried" -ge 4
read -r override < "$devices/$dgpu.0/driver_override"
is "${override/#(null)/}" "" "the card is reserved for nobody"
like "$(virtflow status 2>&1)" "$kernels_line|recover" "virtflow status tells what to do"
invariants_hold "refused for good" "$dgpu.0" "$dgpu.1"
status=0
answers_within 60 virtflow recover || status=$?
like "$(cat /run/lab/answer)" "$kernels_line" "recover says the same while the driver refuses"
is "$(virtflow_state)" mixed "and the card is where it was"
end_fault refuse_probe
succeeds "recover goes on when the driver accepts" answers_within 30 virtflow recover
home_again "recover"
invariants_hold "recover"

# The display's driver is well, and its companion's refuses.
leave_lab_drivers
homes=()
put_on faultgpu "$dgpu" 1
virtflow_with 'return-waits=0;300;300' # or most of the time here would be spent waiting
remember_invariants
virtflow lend "$dgpu.0"
begin_fault refuse_times 2
succeeds "a companion that is refused twice comes home with its card" virtflow return "$dgpu.0"
is "$(drivers_of "$dgpu")" "$(home_of "$dgpu")" "both have their drivers"
virtflow lend "$dgpu.0"
begin_fault refuse_probe 5
fails "one that is refused for good is named" "refused to bind $dgpu\.1 to faultgpu.*$kernels_line" \
    virtflow return "$dgpu.0"
is "$(virtflow_state), $(drivers_of "$dgpu")" "mixed, bochs-drm none" "the display is with the host"
virtflow lend "$dgpu.0"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "lent from there the whole card goes"
end_fault refuse_probe
succeeds "and comes back when the companion's driver accepts" answers_within 30 virtflow return "$dgpu.0"
is "$(drivers_of "$dgpu")" "$(home_of "$dgpu")" "the card is whole again"
invariants_hold "a companion that was refused"
