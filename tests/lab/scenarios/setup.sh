# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 240
# needs: virtflow
# What set-up changes on a host on which VirtFlow was installed: libvirt calls the hook without being
# restarted, anna may use VMs, and udev gives the card to no desktop, also when it comes back from a VM.
# Undone, /etc is what it was, byte for byte.
. /lab/lib/asked.sh
. /lab/lib/units.sh
. /lab/lib/listing.sh

# The tags that udev has given the dGPU's node at this moment.
tags_of_card () {
    udevadm info --query=property --property=CURRENT_TAGS --value "/sys$(udevadm info --query=path \
        "$(drm_node "$dgpu")")"
}

belongs_to_seat () {
    [[ $(tags_of_card) == *:seat:* ]]
}

belongs_to_nobody () {
    [[ $(tags_of_card) != *:seat:* && $(tags_of_card) == *:mutter-device-ignore:* ]]
}

# What is refused below would change it.
how_it_stands () {
    ls -l /etc/libvirt/hooks/qemu.d /etc/udev/rules.d
    grep libvirt: /etc/group
    ls /var/lib/virtflow-setup 2> /dev/null || :
}

rm "$hook"
systemctl restart libvirtd
refused set-up virtflow setup --yes --only hook
refused set-up-user virtflow setup --yes --only group
systemctl mask --quiet --runtime --now polkit
denied "set-up without polkitd" "systemctl start polkit" as_anna "virtflow setup --yes --only hook"
denied "set-up of a group without polkitd" "systemctl start polkit" \
    as_anna "virtflow setup --yes --only group"
systemctl unmask --quiet --runtime polkit

polkit_rule_says NO anna
libvirtd=$(unit_pid libvirtd)
etc > /run/lab/etc.before

fails "who is not authorised changes nothing" 'Not authorised' as_anna "virtflow setup --yes"
fails "no word of hers gets into the question to the administrator" 'There is nothing of that name' \
    as_anna "busctl call org.virtflow.VirtFlowSetup1 /org/virtflow/VirtFlow1/Setup \
        org.virtflow.VirtFlow1.Setup Make 'sa(ssss)a{sv}' 'hook. Updates are waiting' 0 0"
is "$(as_anna "virtflow setup --dry-run" | grep '^[a-z]' | tr '\n' ' ')" "hook group desktop " \
    "what is missing is told to everybody"
etc > /run/lab/etc.now
succeeds "and nothing has changed" diff /run/lab/etc.before /run/lab/etc.now
succeeds "before, the card is the desktop's" within 10 belongs_to_seat

polkit_rule_says YES anna
etc > /run/lab/etc.before
as_anna "virtflow setup --yes" > /run/lab/setup 2>&1 || cat /run/lab/setup
succeeds "she is told to log in again" grep -q 'Log out and in again now' /run/lab/setup
is "$(as_anna "virtflow setup --dry-run" 2>&1)" "Nothing is missing that set-up could put right." \
    "then nothing is missing"
is "$(id -nG anna | tr ' ' '\n' | grep -x libvirt)" libvirt "anna is in the group"
succeeds "the card is no desktop's" within 10 belongs_to_nobody
is "$(readlink -f /dev/dri/virtflow-desktop)" "$(drm_node "$igpu")" \
    "the desktop finds the other card by its name"
is "$(unit_pid libvirtd)" "$libvirtd" "libvirtd goes on running"

define_vm desk answers
activated () {
    virtflow activate desk "$dgpu.0" --on-start
}
succeeds "a VM is activated" activated
virsh -q start desk
succeeds "libvirt calls the hook: the card is lent for the start" is_lent "$dgpu"
virsh -q destroy desk
succeeds "and home when the VM is off" within 20 is_home "$dgpu"
succeeds "it is no desktop's when it comes back" within 10 belongs_to_nobody
succeeds "the VM is deactivated" virtflow deactivate desk
undefine_vm desk

succeeds "set-up is taken back" as_anna "virtflow setup --undo --yes"
etc > /run/lab/etc.now
succeeds "/etc is as it was before" diff /run/lab/etc.before /run/lab/etc.now
succeeds "the card is the desktop's again" within 10 belongs_to_seat
is "$(ls /var/lib/virtflow-setup)" "" "nothing is remembered"
ln -s /usr/lib/libvirt/virtflow-hook "$hook"
systemctl restart libvirtd
succeeds "no unit has failed" test -z "$(systemctl list-units --failed --no-legend)"
