# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 300
# The daemon is down, its helpers do not answer, and the journal is gone or is a trap: root brings the
# card home by hand.
. /lab/lib/cycle.sh
. /lab/lib/held.sh
. /lab/lib/journal.sh

# A helper that is held must not count as a kernel that hangs, however slow this machine is.
virtflow_with step-deadline=120000 'return-waits=0;200;200'
remember_host
journal=/run/virtflow/gpu/$dgpu.0

# recover_by_hand STATUS WHAT [GPU]: what it said is in /run/lab/said.
recover_by_hand () {
    local wanted=$1 what=$2 status=0
    shift 2
    virtflow recover "$@" > /run/lab/said 2>&1 || status=$?
    [ "$status" = "$wanted" ] || cat /run/lab/said
    is "$status" "$wanted" "$what"
}

# home_without_daemon WHAT: as home_again, but nobody is there to say so.
home_without_daemon () {
    is "$(drivers_of "$dgpu")" "$gpu_drivers" "$1: both functions are on their host drivers"
    is "$(registers_of "$dgpu")" "$host_registers" "$1: base addresses and memory-enable are as before"
    is "$(cat "$devices/$dgpu".*/driver_override | tr '\n' ' ')" "(null) (null) " \
        "$1: no override is left"
    succeeds "$1: an ordinary user can open $host_node" within 10 anna_can_open "$host_node"
    is "$(ls /run/virtflow/gpu)" "" "$1: no journal is left"
}

without_helpers () {
    hold helper-worker
    hold helper-probe
    hold helper-modules
}

is "$(/usr/libexec/virtflowd --recover > /run/lab/said 2>&1; echo $?)" 6 \
    "as long as the daemon lives nobody takes its place"

hold helper-probe
begin lend "see that no program" "killed between the fence and the unbind"
stop_virtflow KILL
wait "$switching" || :
rm "$journal"
without_helpers
fails "an ordinary user is told what root can do" "sudo virtflow recover" as_anna "virtflow recover"
fails "and does not get around it" "Only root" as_anna "/usr/libexec/virtflowd --recover"
recover_by_hand 0 "a card that never left its driver is named" "$dgpu.0"
home_without_daemon "killed in mid-lend, without a journal"

let_all_go
start_virtflow
hold_worker
begin lend "note the registers" "killed before the first write"
stop_virtflow KILL
wait "$switching" || :
without_helpers
recover_by_hand 0 "with its journal the card needs no name"
like "$(cat /run/lab/said)" "$dgpu\.0 is back on the host\." "and what was done is said"
home_without_daemon "killed in mid-lend, with its journal"

# What lies in the daemon's folder may be anything; nothing of it is opened.
distrusted () {
    recover_by_hand 8 "a journal that is $1 is not read"
    like "$(cat /run/lab/said)" "$dgpu\.0 is left alone: its journal .* $1" "and is named"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "the card stays where it is"
}
let_all_go
start_virtflow
virtflow lend "$dgpu.0"
stop_virtflow KILL
without_helpers
cp "$journal" /run/lab/copy
mv "$journal" /run/lab/journal
checksum=$(md5sum /run/lab/journal)
ln -s /run/lab/journal "$journal"
distrusted "it is a link"
rm "$journal"
cp /run/lab/copy "$journal"
distrusted "it belongs to another user"
rm "$journal"
setpriv --reuid=virtflow --regid=virtflow --clear-groups mkfifo "$journal"
distrusted "it is not a plain file"
rm "$journal"
mknod "$journal" c 1 5
distrusted "it is not a plain file"
rm "$journal"
setpriv --reuid=virtflow --regid=virtflow --clear-groups tee "$journal" < /run/lab/copy > /dev/null
damage_journal "$dgpu"
distrusted "damaged"
rm "$journal"
ln -s /run/lab/journal "$journal"
recover_by_hand 0 "named, the card comes home without it" "$dgpu.0"
is "$(md5sum /run/lab/journal)" "$checksum" "and the link was not followed"
home_without_daemon "lent, with a trap for a journal"

# Nobody knows where these came from; an administrator may have wanted it so.
lend_by_hand "$dgpu"
recover_by_hand 0 "a card on vfio-pci that VirtFlow has no record of"
like "$(cat /run/lab/said)" "'virtflow recover $dgpu\.0' brings it there" "stays, and is told of"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "on vfio-pci"
modprobe -r snd_hda_intel
recover_by_hand 0 "until it is named" "$dgpu.0"
home_without_daemon "on vfio-pci, with a driver that had to be loaded"
unbind_by_hand "$dgpu"
recover_by_hand 0 "a card without a driver" "$dgpu.0"
home_without_daemon "driverless"

# Refused for good, with the kernel's own words: by hand the probe may read them.
let_all_go
start_virtflow
virtflow lend "$dgpu.0"
bar=$(setpci -s "$dgpu.0" BASE_ADDRESS_2)
setpci -s "$dgpu.0" BASE_ADDRESS_2=0
stop_virtflow KILL
without_helpers
recover_by_hand 12 "the host's driver refuses it" "$dgpu.0"
like "$(cat /run/lab/said)" "The kernel says: .*bochs" "and the kernel's own line says why"
is "$(drivers_of "$dgpu")" "none snd_hda_intel" "the rest of the card is on the host"
setpci -s "$dgpu.0" "BASE_ADDRESS_2=$bar"
recover_by_hand 0 "the driver accepts"
home_without_daemon "refused, then accepted"

let_all_go
start_virtflow
define_vm desk answers
virtflow activate desk "$dgpu.0" --on-start --yes
virsh -q start desk
running_with_gpu desk "started"
stop_virtflow KILL
rm "$journal"
without_helpers
recover_by_hand 7 "the card of a running VM stays with it" "$dgpu.0"
like "$(cat /run/lab/said)" "Shut the VM down" "and it is said why"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "on vfio-pci"
is "$(vm_state desk)" running "which runs on"
let_all_go
start_virtflow
virsh -q destroy desk
succeeds "with the VM gone the daemon brings it home when it is named" virtflow recover "$dgpu.0"
home_again "in the end"
virtflow deactivate desk
