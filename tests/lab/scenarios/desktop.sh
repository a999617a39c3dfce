# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# only when named
# deadline: 240
# needs: virtflow
# The commonest refusal: a desktop, here an X server, has taken every card that it found. It is named,
# set-up keeps it off the dGPU, and after its restart that goes to a VM and comes back, twice; the X
# server leaves it alone when it is back, and its picture on the iGPU goes on all the time.
. /lab/lib/cycle.sh
. /lab/lib/units.sh
. /lab/lib/refusal.sh

export DISPLAY=:5

# The slots whose cards the X server has open.
cards_of_x () {
    local slot descriptor found=
    for slot in "$igpu" "$dgpu"; do
        for descriptor in "/proc/$(unit_pid lab-x)/fd"/*; do
            if [ "$(readlink "$descriptor")" = "$(drm_node "$slot")" ]; then
                found+="$slot "
                break
            fi
        done
    done
    echo "$found"
}

# A client of its own draws something: the server has taken all the cards that it wants by then.
x_answers () {
    timeout --preserve-status --signal=TERM 0.3 /lab/programs/picture-goes-on > /dev/null
}

start_x () {
    systemd-run --quiet --unit=lab-x /usr/lib/xorg/Xorg "$DISPLAY" vt7 -nolisten tcp -noreset \
        -logfile /run/lab/log/x
    within 30 x_answers
}

picture_goes_on () {
    local status=0
    kill "$picture"
    wait "$picture" || status=$?
    is "$status" 0 "the picture on the iGPU went on all the time"
    succeeds "and never stood still for half a second: $(cat /run/lab/longest) ms at most" \
        test "$(cat /run/lab/longest)" -lt 500
    is "$(cat "$devices/$igpu.0"/drm/card*/card*-*/enabled)" enabled "on its monitor"
}

systemctl start libvirtd
polkit_rule_says YES anna
mkdir -p /tmp/.X11-unix
start_x
is "$(cards_of_x)" "$igpu $dgpu " "the X server has both cards open"
refused 7 held-by-process virtflow lend "$dgpu.0"
fails "it is named" 'Xorg' virtflow lend "$dgpu.0"
like "$(virtflow doctor --color=never)" $'FAILED *compositor [^\n]*Xorg' "the doctor names it, too"

succeeds "set-up keeps the desktop off the card" as_anna "virtflow setup --only desktop --yes"
fails "what runs has the card until it is started anew" 'Xorg' virtflow lend "$dgpu.0"
systemctl stop lab-x
start_x
is "$(cards_of_x)" "$igpu " "started anew it has the iGPU alone"
x=$(unit_pid lab-x)
/lab/programs/picture-goes-on > /run/lab/longest &
picture=$!

define_vm desk answers
remember_host
succeeds "a VM is activated" virtflow activate desk "$dgpu.0" --yes
for time in first second; do
    virsh -q start desk
    running_with_gpu desk "the $time time"
    virtflow stop desk > /dev/null
    home_again "the $time time"
    succeeds "udev is done with the card" udevadm settle
    is "$(cards_of_x)" "$igpu " "the X server leaves the card alone that is back"
done
succeeds "the VM is deactivated" virtflow deactivate desk
is "$(unit_pid lab-x)" "$x" "it is the same X server"
picture_goes_on

succeeds "set-up is taken back" virtflow setup --undo --yes
systemctl stop lab-x
start_x
is "$(cards_of_x)" "$igpu $dgpu " "then it takes both again"
systemctl stop lab-x
systemctl reset-failed
