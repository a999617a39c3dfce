# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The services of the emulated host: each can be started, stopped and killed by a scenario.
. /lab/lib/wait.sh

libvirt_socket=/run/libvirt/libvirt-sock
helpers=/run/virtflow-helpers
virtflow_dropin=/etc/virtflow/virtflow.conf.d/lab.conf
hook=/etc/libvirt/hooks/qemu.d/50-virtflow
hook_aside=/run/lab/hook
polkit_rule=/etc/polkit-1/rules.d/10-lab.rules
fault_folder=/run/virtflow-fault # orders to the daemon of the test build; see lib/matrix.sh
virtflow_program=/usr/libexec/virtflowd
polkit_activation=/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service
polkit_aside=/run/lab/polkit.service

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

is_running () {
    local pid
    pid=$(service_pid "$1") && ! process_is_gone "$pid"
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

# hold NAME / let_go NAME: a service does nothing meanwhile, however long that is. A helper's name
# means its listener: who asks it for a connection gets one, and no answer.
hold () {
    kill -STOP "$(service_pid "$1")"
}

let_go () {
    kill -CONT "$(service_pid "$1")"
}

hold_worker () {
    hold helper-worker
}

let_worker_go () {
    let_go helper-worker
}

# For what was left held by a scenario that did not come to its end.
let_all_go () {
    local file
    for file in /run/lab/pid/*; do
        [ ! -e "$file" ] || kill -CONT "$(cat "$file")" 2> /dev/null || :
    done
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

# The four programs with one right each; systemd's socket units do this on a real host. They get
# their sockets while the folder is still root's: without capabilities root could not enter it.
start_helpers () {
    local name
    declare -A rights=([worker]="-all" [probe]="-all,+sys_ptrace,+dac_read_search"
        [modules]="-all,+sys_module" [services]="-all")
    mkdir -p "$helpers"
    for name in worker probe modules services; do
        start "helper-$name" setpriv --bounding-set="${rights[$name]}" \
            systemd-socket-activate --seqpacket --accept --inetd -l "$helpers/$name" \
            "/usr/libexec/virtflow-$name"
    done
    for name in worker probe modules services; do
        within 10 test -S "$helpers/$name"
        chmod 0666 "$helpers/$name"
    done
    chown virtflow:virtflow "$helpers"
    chmod 0700 "$helpers"
}

start_virtflow () {
    start virtflowd setpriv --reuid=virtflow --regid=virtflow --clear-groups \
        --bounding-set=-all --no-new-privs "$virtflow_program"
    within 20 bus_has org.virtflow.VirtFlow1
}

# shellcheck disable=SC2120 # scenarios name a signal
stop_virtflow () {
    kill_service virtflowd "${1:-TERM}"
}

# virtflow_with LINE...: restarts the daemon with these lines in its group [policy], until the
# scenario has ended.
virtflow_with () {
    mkdir -p "${virtflow_dropin%/*}"
    printf '%s\n' '[policy]' "$@" > "$virtflow_dropin"
    # shellcheck disable=SC2119 # with the usual one
    stop_virtflow
    start_virtflow
}

# without_hook: libvirt acts as if VirtFlow were not installed, until the scenario has ended.
without_hook () {
    [ ! -L "$hook" ] || mv "$hook" "$hook_aside"
}

put_hook_back () {
    [ ! -L "$hook_aside" ] || mv "$hook_aside" "$hook"
}

# otto_may: polkit lets otto, who may use libvirt, do all of VirtFlow, until the scenario has ended.
otto_may () {
    polkit_rule_says YES otto
}

# polkit_rule_says YES|NO USER: to all of VirtFlow, until the scenario has ended.
polkit_rule_says () {
    declare -A statuses=([YES]=0 [NO]=1) # of pkcheck; without a rule it is 2
    cat > "$polkit_rule" << END
polkit.addRule(function (action, subject) {
    if (action.id.indexOf("org.virtflow.") == 0 && subject.user == "$2")
        return polkit.Result.$1;
});
END
    within 20 pkcheck_ends_with "${statuses[$1]}" "$2"
}

polkit_rule_is_gone () {
    rm -f "$polkit_rule"
    within 20 pkcheck_ends_with 2 "$1"
}

pkcheck_ends_with () {
    local status=0
    setpriv --reuid="$2" --regid="$2" --init-groups bash -c \
        "exec pkcheck --action-id org.virtflow.VirtFlow1.lend --process \$\$ 2> /dev/null" ||
        status=$?
    [ "$status" = "$1" ]
}

start_polkit () {
    start polkitd /usr/lib/polkit-1/polkitd --no-debug
    within 20 bus_has org.freedesktop.PolicyKit1
}

# without_polkit: it does not run and the bus cannot start it, until the scenario has ended.
without_polkit () {
    mv "$polkit_activation" "$polkit_aside"
    reload_bus
    kill_service polkitd KILL
}

put_polkit_back () {
    if [ -e "$polkit_aside" ]; then
        mv "$polkit_aside" "$polkit_activation"
        reload_bus
    fi
    is_running polkitd || start_polkit
}

reload_bus () {
    dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.ReloadConfig > /dev/null
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
