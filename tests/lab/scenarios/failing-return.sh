# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 200
# The host's own driver does not take its card back: it is asked again, everybody sees that, and what
# is refused for good is named. The card's registers are hidden from bochs-drm, which then refuses it.
. /lab/lib/cycle.sh

virtflow_with 'return-waits=0;300;300'
remember_host

all_steps () {
    local path=/org/virtflow/VirtFlow1/gpu/${dgpu//[:.]/_}
    busctl --json=short get-property org.virtflow.VirtFlow1 "$path" org.virtflow.VirtFlow1.Gpu Steps
}

overrides () {
    cat "$devices/$dgpu".*/driver_override | tr '\n' ' '
}

virtflow lend "$dgpu.0"
bar=$(setpci -s "$dgpu.0" BASE_ADDRESS_2)
setpci -s "$dgpu.0" BASE_ADDRESS_2=0
status=0
virtflow return "$dgpu.0" > /run/lab/said 2>&1 || status=$?
is "$status" 12 "a return that the driver refuses ends as incomplete"
like "$(cat /run/lab/said)" "refused to bind $dgpu\.0 to bochs-drm.*virtflow recover" \
    "and says who refused what, and what to do"
is "$(virtflow_state)" mixed "the GPU is half-way"
is "$(drivers_of "$dgpu")" "none snd_hda_intel" "its sound is on the host all the same"
is "$(overrides)" "(null) (null) " "no override is left"
steps=$(all_steps)
is "$(grep -o "\"bind $dgpu.0 to bochs-drm\",\"failed\"" <<< "$steps" | wc -l)" 4 \
    "the driver was asked four times"
is "$(grep -o "\"wait 0.3 s, then try $dgpu.0 again\",\"done\"" <<< "$steps" | wc -l)" 2 \
    "after pauses that everybody sees"
# The kernel offers a reset of the bus, which it then does not do to a card of two functions.
methods=$(cat "$devices/$dgpu.0/reset_method" 2> /dev/null) || :
resets=1
[ -n "${methods#bus}" ] || resets=0
is "$(grep -o "\"reset $dgpu.0\"" <<< "$steps" | wc -l)" "$resets" \
    "with one reset, if it can be reset alone (here: $resets)"

fails "recover tries again, and is refused again" "refused to bind" virtflow recover
setpci -s "$dgpu.0" "BASE_ADDRESS_2=$bar"
virtflow recover
home_again "recovered when the driver accepts"

# A driver that was unloaded while its card was away is loaded again, and only what is made for it.
virtflow lend "$dgpu.0"
modprobe -r snd_hda_intel
succeeds "returned, with a driver that was unloaded meanwhile" virtflow return "$dgpu.0"
home_again "and it is there again"
