# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# VirtFlow and libvirt as units of systemd.

virtflow_configuration=/etc/virtflow/virtflow.conf

unit_property () {
    systemctl show -P "$2" "$1"
}

unit_pid () {
    unit_property "$1" MainPID
}

unit_is () {
    [ "$(unit_property "$1" ActiveState)" = "$2" ]
}

virtflow_lives () {
    unit_is virtflowd active
}

# Another process than the given one is the daemon now.
virtflow_is_another () {
    virtflow_lives && [ "$(unit_pid virtflowd)" != "$1" ]
}

kill_unit () {
    local pid
    pid=$(unit_pid "$1")
    kill -KILL "$pid"
    within 20 process_is_gone "$pid"
}

# The daemon refuses its configuration, and so cannot be started.
configuration_is_broken () {
    echo unknown=1 >> "$virtflow_configuration"
}

configuration_is_whole () {
    cp -a /run/lab/virtflow.conf "$virtflow_configuration"
}

# The profile that confines a process.
profile_of () {
    tr -d '\0' < "/proc/$1/attr/current"
}
