# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 180
# needs: virtflow
# "virtflow log" tells of each lend and return, of VMs that were given a GPU, and of what libvirt said,
# also while the daemon was down; a report has that and the journals.
. /lab/lib/units.sh

# has PATTERN WHAT [ARGUMENT...]: in the log
has () {
    virtflow log "${@:3}" > /run/lab/log.said 2>&1
    if grep -qE "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}  $1\$" /run/lab/log.said; then
        ok "$2"
    else
        cat /run/lab/log.said
        not_ok "$2"
    fi
}

systemctl start libvirtd
journalctl --rotate --vacuum-time=1s --quiet
virtflow log > /run/lab/log.said 2>&1
is "$(cat /run/lab/log.said)" "There is nothing in the log." "before, there is nothing"

virtflow lend "$dgpu.0" > /dev/null 2>&1
has "$dgpu.0 is lent to the user root after [0-9.]+ s" "a lend by hand"
virtflow report --output - > /run/lab/report
succeeds "a report has what the journal holds" grep -q '^    claimed by: user 0$' /run/lab/report
succeeds "and the log" grep -q "$dgpu.0 is lent to the user root after" /run/lab/report
is "$(grep -cF "$(cat /etc/machine-id)" /run/lab/report)" 0 "but not which machine it is"
virtflow return "$dgpu.0" > /dev/null 2>&1
has "$dgpu.0 goes back to the host: the user root asks for it" "who asked for its return"
has "$dgpu.0 is back on the host after [0-9.]+ s" "its return"

define_vm desk answers
virtflow activate desk "$dgpu.0" --on-start > /dev/null 2>&1
has "The VM desk was given $dgpu.0" "an activation" desk
virsh -q start desk
has "libvirt starts the VM desk" "what libvirt says first" desk
has "$dgpu.0 is lent to the VM desk after [0-9.]+ s" "the lend for it" "$dgpu.1"
has "The VM desk has started" "that it has started" desk
virsh -q destroy desk
succeeds "the card comes home" within 20 is_home "$dgpu"
has "The VM desk has ended" "its end" "$(virsh domuuid desk)"
has "libvirt is done with the VM desk" "what libvirt says last" desk
has "$dgpu.0 goes back to the host: its VM has ended" "why the card goes home" "${dgpu#0000:}.0"
has "$dgpu.0 is back on the host after [0-9.]+ s" "that it is home" --lines 1

exec {held}< "$(drm_node "$dgpu")"
virsh -q start desk > /dev/null 2>&1 || :
exec {held}<&-
has "$dgpu.0 could not be switched: .*" "a lend that was refused" "$dgpu.0"
has "libvirt starts the VM desk: .*" "and what libvirt was told" desk

systemctl stop virtflowd
configuration_is_broken
virsh -q start desk > /dev/null 2>&1 || :
configuration_is_whole
systemctl reset-failed virtflowd
systemctl start virtflowd
has "libvirt starts the VM desk: .* does not start without the daemon.*" \
    "a start while the daemon was down" desk

virtflow deactivate desk > /dev/null 2>&1
has "The VM desk has $dgpu.0 no longer" "a deactivation" desk
virtflow log other > /run/lab/log.said 2>&1
is "$(cat /run/lab/log.said)" "There is nothing in the log." "of another VM there is nothing"
as_anna "virtflow log" > /run/lab/log.said 2>&1
succeeds "who may not read the log is told so" grep -q 'systemd-journal' /run/lab/log.said
is "$(virtflow log --json | grep -c '"event" : "activated"')" 1 "and in JSON"
undefine_vm desk
