# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# Who is asked about what, by a real polkitd and an agent that answers, does not, or is away; and what
# is done when nobody can be asked.
. /lab/lib/asked.sh
. /lab/lib/cycle.sh

object=/org/virtflow/VirtFlow1

allowed () {
    local monitor subject sender
    busctl --json=short monitor "$bus_name" org.freedesktop.PolicyKit1 > /run/lab/calls 2> /run/lab/talk &
    monitor=$!
    within 20 grep -q Monitoring /run/lab/talk
    succeeds "lend, allowed" asks answer virtflow lend "$dgpu.0"
    kill "$monitor"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "lend, allowed: the card is lent"
    was_asked lend "lend, allowed" "$dgpu"
    sender=$(grep '"member":"Switch"' /run/lab/calls | grep -o '"sender":"[^"]*"' | cut -d'"' -f4)
    subject=$(grep '"member":"CheckAuthorization"' /run/lab/calls |
        grep -o '"system-bus-name",{"name":{"type":"s","data":"[^"]*"' | cut -d'"' -f12)
    like "$sender" '^:[0-9.]+$' "the caller has a name on the bus"
    is "$subject" "$sender" "and polkit is asked about that name, not about a process"
    succeeds "return, allowed" asks answer virtflow return "$dgpu.0"
    was_asked return "return, allowed" "$dgpu"
    home_again "return, allowed"
    succeeds "recover, allowed" asks answer virtflow recover
    was_asked recover "recover, allowed" "back to the host"
}

how_it_stands () {
    echo "$(virtflow_state) $(drivers_of "$dgpu")"
}

of_no_use () {
    polkit_rule_says YES otto
    denied "a rule for otto is of no use to anna" "Not authorised" asks fail virtflow lend "$dgpu.0"
    fails "nor is a word of hers about another process" "Unknown option" as_anna "busctl call $bus_name \
        $object/gpu/${dgpu//[:.]/_} $bus_name.Gpu Switch 'sa{sv}' vfio 1 pid u 1"
}

daemon_dies () {
    local signal
    for signal in KILL TERM; do
        leaves_open virtflow lend "$dgpu.0"
        stop_virtflow "$signal"
        is_withdrawn "the daemon ends ($signal)"
        start_virtflow
        is "$(how_it_stands)" "host $gpu_drivers" "the daemon ends ($signal): nothing was lent"
    done
}

# With the card lent.
polkit_dies () {
    leaves_open virtflow return "$dgpu.0"
    without_polkit
    succeeds "polkitd is killed while a question is open: who asked is told" within 20 \
        grep -q 'Not authorised: polkit, which decides that, does not answer' /run/lab/talk
    kill "$caller" # nobody is left to take the question back
    wait "$caller" || :
    is "$(how_it_stands)" "lent vfio-pci vfio-pci" "and the card stays lent"
    denied "return without polkitd" "systemctl start polkit" as_anna "virtflow return $dgpu.0"
    succeeds "root's return works without polkitd" virtflow return "$dgpu.0"
    home_again "root's return without polkitd"
    denied "lend without polkitd" "systemctl start polkit" as_anna "virtflow lend $dgpu.0"
    denied "recover without polkitd" "systemctl start polkit" as_anna "virtflow recover"
    succeeds "root's recover works without polkitd" virtflow recover
    put_polkit_back
    succeeds "polkitd is back: the next question is answered" asks answer virtflow recover
}

# hook_call BUS METHOD
hook_call () {
    local arguments=(s 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01)
    [ "$2" != Prepare ] || arguments=('ssba(sb)' "${arguments[1]}" desk true 0)
    busctl ${1:+"$1"} call "$bus_name" "$object" "$bus_name.Hook" "$2" "${arguments[@]}"
}

as_anna_hook_call () {
    as_anna "bus_name=$bus_name object=$object; $(declare -f hook_call); hook_call '$1' '$2'"
}

# What libvirt's hook says is believed of root alone: the bus sees to it, and so does the daemon, on a
# bus that lets everybody say everything.
hook () {
    local method address=unix:path=/run/lab/open-bus
    for method in Prepare Started Stopped Release; do
        fails "the bus lets no ordinary user say $method" "Access denied" \
            as_anna_hook_call "" "$method"
    done
    cat > /run/lab/open-bus.conf << END
<busconfig><type>session</type><listen>$address</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>
<allow receive_sender="*"/></policy></busconfig>
END
    stop_virtflow
    start open-bus dbus-daemon --config-file=/run/lab/open-bus.conf --nofork
    within 20 test -S /run/lab/open-bus
    start open-virtflowd setpriv --reuid=virtflow --regid=virtflow --clear-groups \
        --bounding-set=-all --no-new-privs /usr/libexec/virtflowd --bus "$address"
    within 20 busctl --quiet --address="$address" status "$bus_name"
    for method in Prepare Started Stopped Release; do
        fails "nor does the daemon believe one who says $method" "Not authorised" \
            as_anna_hook_call "--address=$address" "$method"
    done
    succeeds "on that bus root is heard" hook_call "--address=$address" Started
    kill_service open-virtflowd
    kill_service open-bus
    start_virtflow
}

remember_host
allowed
refused lend virtflow lend "$dgpu.0"
refused recover virtflow recover
of_no_use
daemon_dies
virtflow lend "$dgpu.0"
refused return virtflow return "$dgpu.0"
polkit_dies
hook
home_again "at the end"
