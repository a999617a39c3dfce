# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 120
# needs: virtflow
# VirtFlow as it is installed: D-Bus starts the daemon, its units confine it and its helpers, and the
# confinement leaves them what they need.

. /lab/lib/units.sh

status_of_daemon () {
    grep "^$1:" "/proc/$(unit_pid virtflowd)/status" | tr -s '\t ' ' '
}

is "$(systemctl list-units --failed --no-legend)" "" "no unit has failed"
is "$(unit_property virtflowd ActiveState)" inactive "the daemon does not run before it is asked"
before=$(registers_of "$dgpu")

succeeds "a GPU is lent" virtflow lend "$dgpu.0"
succeeds "both functions are on vfio-pci" is_lent "$dgpu"
succeeds "the VM's node is there" test -c "/dev/vfio/$(group_of "$dgpu.0")"
is "$(status_of_daemon CapBnd)" "CapBnd: 0000000000000000" "the daemon has no capability"
is "$(status_of_daemon Uid)" "Uid:$(printf ' %s' {,,,}"$(id -u virtflow)")" "and is not root"

daemon=$(unit_pid virtflowd)
kill_unit virtflowd
succeeds "a daemon that was killed is started again" within 20 virtflow_is_another "$daemon"
succeeds "and returns the GPU" virtflow return "$dgpu.0"
succeeds "both functions are home" is_home "$dgpu"
is "$(registers_of "$dgpu")" "$before" "with the registers that they had"
is "$(systemctl list-units --no-legend 'virtflow-*@*')" "" "no helper stays behind"

fails "an ordinary user is asked for authorisation" 'Not authorised' \
    as_anna "virtflow lend $dgpu.0"
fails "an ordinary user is not the hook" 'Access denied' as_anna \
    'busctl call org.virtflow.VirtFlow1 /org/virtflow/VirtFlow1 org.virtflow.VirtFlow1.Hook Started s x'
hook_prepare () {
    /etc/libvirt/hooks/qemu.d/50-virtflow by-hand prepare begin - <<XML
<domain><name>by-hand</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01</uuid><devices>
<hostdev mode='subsystem' type='pci' managed='no'><source>
<address domain='0x0000' bus='0x${dgpu:5:2}' slot='0x${dgpu:8:2}' function='0x0'/>
</source></hostdev></devices></domain>
XML
}
fails "the hook reaches the daemon, which refuses a VM that is not paired" 'virtflow activate' \
    hook_prepare

# The last to close the node leaves the card's connector enabled, so this comes at the end.
node=$(drm_node "$dgpu")
modes=$(stat -c %a "$node")
exec {held}< "$node"
fails "the probe sees who holds the card" 'unit lab.service' virtflow lend "$dgpu.0"
exec {held}<&-
is "$(stat -c %a "$node")" "$modes" "and the node can be opened as before"

configuration_is_broken
systemctl restart virtflowd 2> /dev/null || :
is "$(unit_property virtflowd ActiveState) $(unit_property virtflowd NRestarts)" "failed 0" \
    "a configuration that the daemon refuses is not tried again and again"
configuration_is_whole
systemctl reset-failed virtflowd
