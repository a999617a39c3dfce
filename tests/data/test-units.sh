#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The units as systemd sees them, without a running systemd: no warning, and how much each service
# leaves open. Arguments: folder of the services, folder of the sockets.
set -u
services=$1
sockets=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
count=0

# result STATUS NAME
result()
{
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        failed=1
    fi
}

# The programs that the units start need not be installed here.
for program in virtflowd virtflow-worker virtflow-probe virtflow-modules virtflow-services \
    virtflow-setup; do
    install -m 755 /dev/null "$folder/$program"
done
for unit in "$services"/*.service "$sockets"/*.socket; do
    sed "s,^ExecStart=.*/,ExecStart=$folder/," "$unit" >"$folder/${unit##*/}"
done

# Nor do the units of others that ours are ordered after.
if [ ! -e /lib/systemd/system/dbus.socket ]; then
    printf '[Socket]\nListenStream=/run/dbus/socket\n' >"$folder/dbus.socket"
    printf '[Service]\nExecStart=/bin/true\n' >"$folder/dbus.service"
fi

echo 1..16
for unit in virtflowd.service virtflow-setup.service virtflow-worker.socket virtflow-probe.socket \
    virtflow-modules.socket virtflow-services.socket; do
    # It only warns, with status 0, of what it ignores.
    said=$(systemd-analyze verify --man=no "$folder/$unit" "$folder"/*@.service 2>&1)
    status=$?
    printf '%s' "$said" | sed 's/^/# /'
    [ $status -eq 0 ] && [ -z "$said" ]
    result $? "$unit is understood in full"
done

# A burst of connections must not end a helper for good.
for unit in virtflow-worker.socket virtflow-probe.socket virtflow-modules.socket \
    virtflow-services.socket; do
    grep -qx 'TriggerLimitIntervalSec=0' "$folder/$unit" &&
        grep -q '^MaxConnections=[1-9]' "$folder/$unit"
    result $? "$unit is bounded and never given up"
done

# PCI host bridges sit below any of these on one machine or another.
! grep -E '^(ReadOnly|Inaccessible)Paths=' "$folder/virtflow-worker@.service" |
    grep -qE '/sys/devices/?( |$)|/sys/devices/(pci|platform|LNXSYSTM|soc|amba)'
result $? "the worker may write wherever a PCI device can be"

# Tenths of the exposure from 0 to 10; each is what its one right costs.
while read -r unit limit; do
    systemd-analyze security --no-pager --offline=true --threshold="$limit" "$folder/$unit" \
        >"$folder/report" 2>&1
    status=$?
    tail -n 1 "$folder/report" | sed 's/^/# /'
    result $status "the exposure of $unit is at most $limit tenths"
done <<TABLE
virtflowd.service 10
virtflow-worker@.service 10
virtflow-probe@.service 13
virtflow-modules@.service 13
virtflow-services@.service 13
TABLE
exit $failed
