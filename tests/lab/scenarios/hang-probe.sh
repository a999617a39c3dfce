# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# A host driver that does not return from probe(), on the way home: as with remove(), the call is
# answered, the daemon lives, and the card is home when the kernel lets go.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/invariants.sh

virtflow_with step-deadline=4000
define_vm plain answers
put_on faultgpu "$dgpu"
remember_host
remember_invariants
virtflow lend "$dgpu.0"
begin_fault hang_probe
fails_with 11 wedged "the return is answered: wedged" virtflow return "$dgpu.0"
is "$(virtflow_state)" wedged "VirtFlow says so"
seen=$(seen_by_driver)
workers=$(workers_started)
for command in "status" "gpus"; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virtflow $command goes on" answers_within 10 virtflow $command
done
succeeds "virtflow show says how it stands" tells_of_wedge virtflow show "$dgpu.0"
fails_with 11 wedged "to lend it is refused" virtflow lend "$dgpu.0"
is "$(seen_by_driver)" "$seen" "nothing touched the card meanwhile"
is "$(workers_started)" "$workers" "and no worker was started"
for command in "list" "start plain" "destroy plain"; do
    # shellcheck disable=SC2086 # the words of a command
    succeeds "virsh $command goes on" answers_within 20 virsh -q $command
done
invariants_hold "wedged" "$dgpu.0" "$dgpu.1"
end_fault hang_probe
home_again "the kernel has let go"
invariants_hold "at the end"
