# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# The host's clock jumps by years while something is waited for: nothing is given up early, and nothing is
# waited for without end.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/held.sh
. /lab/lib/invariants.sh

# jump SECONDS
jump () {
    date --set="@$(($(date +%s) + $1))" > /dev/null
}

# The deadlines of the scenario itself are of this clock, so it never stays where it jumped to.
years=100000000
forth_and_back () {
    jump "$1"
    pause
    jump $((-$1))
}

put_on faultgpu "$dgpu"
define_vm desk answers
remember_host
remember_invariants
begin_fault slow_ms 3000
for direction in lend return; do
    begin "$direction" "$([ "$direction" = lend ] && echo unbind || echo bind) $dgpu.0" "$direction"
    forth_and_back "$years"
    forth_and_back "-$years"
    status=0
    wait "$switching" || status=$?
    is "$status" 0 "$direction: it ends well"
done
end_fault slow_ms
home_again "returned"

virtflow activate desk "$dgpu.0" --yes
jump "$years"
virsh -q start desk
jump "-$years"
running_with_gpu desk "started while the clock was ahead"
succeeds "QEMU is watched" within 20 virtflow_state_is in-use
jump "-$years"
virsh -q destroy desk
jump "$years"
home_again "destroyed while the clock was behind"
virtflow deactivate desk
invariants_hold "at the end"
