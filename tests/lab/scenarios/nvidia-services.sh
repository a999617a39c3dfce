# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 300
# needs: virtflow
# The services of NVIDIA's driver keep its card open: they are stopped for a lend, by a unit that has no
# other right, and started again only if they ran.

. /lab/lib/fault.sh
persistenced=nvidia-persistenced.service
powerd=nvidia-powerd.service

# well WHAT COMMAND...: it succeeds, and does not hang.
well () {
    local what=$1
    shift
    if answers_within 40 "$@"; then
        ok "$what"
    else
        cat /run/lab/answer
        not_ok "$what"
    fi
}

# make_service UNIT LINE...: like the real one, it has the card open as long as it runs.
make_service () {
    local unit=$1
    shift
    cat > "/run/systemd/system/$unit" << END
[Service]
Type=exec
ExecStart=/bin/bash -c 'trap "\$TRAP" TERM; exec 3<> /dev/nvidia0; while :; do sleep 1; done'
Environment="TRAP=exit 0"
$(printf '%s\n' "$@")
END
    systemctl daemon-reload
}

state_of () {
    systemctl show -P ActiveState "$1"
}

states () {
    echo "$(state_of "$persistenced") $(state_of "$powerd")"
}

states_are () {
    [ "$(states)" = "$1" ]
}

put_on nvidia "$dgpu"
modprobe nvidia_drm
make_nvidia_nodes
make_service "$persistenced"
make_service "$powerd" StartLimitBurst=2 StartLimitIntervalSec=600
systemctl start "$persistenced"

well "it is lent although a service has it open" virtflow lend "$dgpu.0"
succeeds "both functions are on vfio-pci" is_lent "$dgpu"
is "$(states)" "inactive inactive" "the service is stopped"
well "it is returned" virtflow return "$dgpu.0"
succeeds "both functions are home" is_home "$dgpu"
is "$(states)" "active inactive" "the service runs again, and the one that did not run does not"

systemctl start "$powerd"
for round in 1 2 3; do
    well "round $round: lent" virtflow lend "$dgpu.0"
    well "round $round: returned" virtflow return "$dgpu.0"
    is "$(states)" "active active" "round $round: both run again, whatever their limit of starts"
done

hold_open /dev/nvidiactl
started=$(systemctl show -P ExecMainStartTimestampMonotonic "$persistenced")
fails_with 7 held-by-process "a program has the driver open: refused" virtflow lend "$dgpu.0"
like "$(cat /run/lab/answer)" "pid $(service_pid holder)" "the sentence says which"
is "$(grep -c nvidia-persistenced /run/lab/answer)" 0 "and does not blame the service"
is "$(systemctl show -P ExecMainStartTimestampMonotonic "$persistenced")" "$started" \
    "the service was not stopped for that"
close_held

systemctl stop "$powerd"
make_service "$powerd" Environment=TRAP=: TimeoutStopSec=15
systemctl start "$powerd"
fails_with 1 service-failed "a service that does not stop: refused" virtflow lend "$dgpu.0"
succeeds "the card is home" is_home "$dgpu"
is "$(states)" "active deactivating" "the other one runs, and it itself is still stopping"
succeeds "it is started again when it has ended" within 30 states_are "active active"
is "$(systemctl list-units --failed --no-legend)" "" "no unit has failed"
systemctl kill --signal=KILL "$powerd"
make_service "$powerd"
systemctl restart "$powerd"

well "lent by a daemon" virtflow lend "$dgpu.0"
systemctl kill --signal=KILL virtflowd
succeeds "that was killed: another one returns it" within 30 virtflow return "$dgpu.0"
succeeds "and starts the services" within 20 states_are "active active"
systemctl kill --signal=KILL "$powerd" "$persistenced"
