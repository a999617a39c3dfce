# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The services of the emulated host: each can be started, stopped and killed by a scenario.
. /lab/lib/wait.sh

libvirt_socket=/run/libvirt/libvirt-sock
helpers=/run/virtflow-helpers

# start NAME COMMAND...: in the background, with a log and its process id under the name.
start () {
    local name=$1
    shift
    setsid "$@" < /dev/null >> "/run/lab/log/$name" 2>&1 &
    echo $! > "/run/lab/pid/$name"
    disown # the shell has nothing to say when a scenario kills it
}

service_pid () {
    cat "/run/lab/pid/$1" 2> /dev/null
}

# kill_service NAME [SIGNAL]: and waits until it is gone.
kill_service () {
    local pid
    pid=$(service_pid "$1") || return 0
    kill "-${2:-TERM}" "$pid" 2> /dev/null
    within 10 process_is_gone "$pid"
    wait "$pid" 2> /dev/null || :
    rm -f "/run/lab/pid/$1"
}

# Hardware is found as on any host: udev loads the drivers of what is there.
start_udev () {
    /usr/lib/systemd/systemd-udevd --daemon > /run/lab/log/udevd 2>&1
    udevadm trigger --action=add --subsystem-match=pci --subsystem-match=drm \
        --subsystem-match=sound --subsystem-match=misc
    udevadm settle
}

start_bus () {
    dbus-daemon --system --fork --nopidfile
    start polkitd /usr/lib/polkit-1/polkitd --no-debug
}

start_libvirt () {
    rm -f "$libvirt_socket"
    start libvirtd libvirtd
    within 20 test -S "$libvirt_socket"
}

stop_libvirt () {
    kill_service libvirtd "${1:-TERM}"
}

# The three programs with one right each; systemd's socket units do this on a real host. They get
# their sockets while the folder is still root's: without capabilities root could not enter it.
start_helpers () {
    local name
    declare -A rights=([worker]="-all" [probe]="-all,+sys_ptrace,+dac_read_search"
        [modules]="-all,+sys_module")
    mkdir -p "$helpers"
    for name in worker probe modules; do
        start "helper-$name" setpriv --bounding-set="${rights[$name]}" \
            systemd-socket-activate --seqpacket --accept --inetd -l "$helpers/$name" \
            "/usr/libexec/virtflow-$name"
    done
    for name in worker probe modules; do
        within 10 test -S "$helpers/$name"
        chmod 0666 "$helpers/$name"
    done
    chown virtflow:virtflow "$helpers"
    chmod 0700 "$helpers"
}

start_virtflow () {
    start virtflowd setpriv --reuid=virtflow --regid=virtflow --clear-groups \
        --bounding-set=-all --no-new-privs /usr/libexec/virtflowd
    within 20 bus_has org.virtflow.VirtFlow1
}

stop_virtflow () {
    kill_service virtflowd "${1:-TERM}"
}

bus_has () {
    busctl --quiet status "$1" > /dev/null 2>&1
}

start_all () {
    start_udev &
    local udev=$!
    start_bus
    start virtlogd virtlogd
    start_libvirt
    wait "$udev"
    if [ -x /usr/libexec/virtflowd ]; then
        start_helpers
        start_virtflow
    fi
}
