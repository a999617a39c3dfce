# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 120
# needs: virtflow
# Why the host's driver refuses its card only the kernel says. The probe, confined by its unit, finds
# that in the journal, and the daemon's answer has it. The card's registers are hidden from bochs-drm.

mkdir -p /etc/virtflow/virtflow.conf.d
printf '%s\n' '[policy]' 'return-waits=0;300;300' > /etc/virtflow/virtflow.conf.d/lab.conf
systemctl restart virtflowd
virtflow lend "$dgpu.0"
bar=$(setpci -s "$dgpu.0" BASE_ADDRESS_2)
setpci -s "$dgpu.0" BASE_ADDRESS_2=0
status=0
virtflow return "$dgpu.0" > /run/lab/said 2>&1 || status=$?
is "$status" 12 "a return that the driver refuses ends as incomplete"
like "$(cat /run/lab/said)" "The kernel says: .*bochs" "with the kernel's own line"
is "$(drivers_of "$dgpu")" "none snd_hda_intel" "the rest of the card is on the host"
setpci -s "$dgpu.0" "BASE_ADDRESS_2=$bar"
succeeds "recovered when the driver accepts" virtflow recover
succeeds "both functions are home" is_home "$dgpu"
rm /etc/virtflow/virtflow.conf.d/lab.conf
