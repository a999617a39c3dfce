# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 180
# A driver that takes its time, within the deadline of a step: nothing but time passes, and what is
# waited for can be seen.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/held.sh
. /lab/lib/invariants.sh

put_on faultgpu "$dgpu"
remember_host
remember_invariants
begin_fault slow_ms 3000

# slowly DIRECTION STEP STATE: the switch waits for the driver in this step, and says so.
slowly () {
    local direction=$1 step=$2 state=$3 status=0
    begin "$direction" "$step" "$direction"
    is "$(virtflow_state)" "$state" "$direction: VirtFlow says $state"
    answers "$direction, meanwhile" 20
    wait "$switching" || status=$?
    is "$status" 0 "$direction: it ends well"
}

slowly lend "unbind $dgpu.0" lending
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "lend: both functions are on vfio-pci"
invariants_hold "lent by a slow driver"
slowly return "bind $dgpu.0" returning
home_again "returned to a slow driver"
end_fault slow_ms
invariants_hold "at the end"
