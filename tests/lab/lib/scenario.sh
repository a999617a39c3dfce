#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs one scenario: scenario.sh NAME LIFE, where LIFE is 1 and one more after each reboot of the host.
# A command that fails unexpectedly ends it, and so fails it.
set -euo pipefail

name=$1
life=$2
part=
for part in report wait services gpu vm ends; do
    . "/lab/lib/$part.sh"
done

before_reboot () {
    [ "$life" = 1 ]
}

# Ends this life of the host; the scenario starts again from its top in the next one.
reboot_host () {
    touch /run/lab/reboot
    exit 0
}

# shut_down reboot|poweroff SECONDS: the same, but the host's own systemd ends it, within that time.
shut_down () {
    report "leaves $name $((life + 1)) $2"
    touch /run/lab/leaving
    systemctl --no-block "$1"
    sleep infinity
}

shape=$(grep -o 'lab\.shape=[^ ]*' /proc/cmdline)
shape=${shape#*=}
trap 'echo "$name: line $LINENO: $BASH_COMMAND"' ERR
cd /tmp
remember_beginning "$life"
. "/lab/scenarios/$name.sh"
ends_well
