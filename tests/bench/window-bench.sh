#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How soon the app shows 200 machines, and with how much memory, against virt-manager with the same
# 200, in turns: window-bench.sh BUILD ROUNDS, run by cli-stage, which gives it a daemon and a bus.
# Prints a line for each start: whose, milliseconds, KiB, wake-ups in ten idle seconds.
set -euo pipefail

build=$(readlink -f "$1")
rounds=$2
here=$(mktemp -d)
trap 'kill "${display:-}" 2> /dev/null || true; rm -rf "$here"' EXIT

machine () {
    cat << END
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <test:runstate>5</test:runstate>
  <name>machine-$1</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c0$1</uuid>
  <memory unit='GiB'>1</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices><graphics type='vnc' autoport='yes'/></devices>
</domain>
END
}

export STAGED_VMS=$here/machines
mkdir "$STAGED_VMS"
{
    echo '<node>'
    for number in {100..299}; do
        machine "$number" > "$STAGED_VMS/machine-$number.xml"
        echo "<domain file='machine-$number.xml'/>"
    done
    echo '</node>'
} > "$STAGED_VMS/node.xml"

export HOME=$here XDG_RUNTIME_DIR=$here/run XDG_CONFIG_HOME=$here/config XDG_CACHE_HOME=$here/cache
export XDG_DATA_HOME=$here/data XDG_STATE_HOME=$here/state
mkdir -m 700 "$XDG_RUNTIME_DIR"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
export LC_ALL=C.UTF-8 GDK_BACKEND=x11 GSETTINGS_BACKEND=memory GTK_A11Y=atspi
export ADW_DISABLE_PORTAL=1 GTK_USE_PORTAL=0
Xvfb -displayfd 9 -screen 0 1280x800x24 -nolisten tcp 9> "$here/display" 2> /dev/null &
display=$!
until [ -s "$here/display" ]; do sleep 0.02; done
DISPLAY=:$(cat "$here/display")
export DISPLAY build

# The first start of each is not counted: it fills caches.
turns () {
    local round
    for ((round = 0; round <= $1; round++)); do
        printf 'virtflow\t%s\n' "$("$build/tests/bench/window-bench" 200 \
            "$build/tests/gui/virtflow-gtk-staged" --bus "$BUS" 2> /dev/null)"
        printf 'virt-manager\t%s\n' "$("$build/tests/bench/window-bench" 200 \
            virt-manager --no-fork --connect "test:///$STAGED_VMS/node.xml" 2> /dev/null)"
    done | tail -n +3
}
export -f turns
# What the bus starts has something to say on standard output as well.
dbus-run-session -- bash -c "turns $rounds >&3" 3>&1 > /dev/null 2> /dev/null
