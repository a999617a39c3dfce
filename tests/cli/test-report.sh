#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What virtflow report writes, and what it does not: beside the real daemon on a fake machine, and
# without daemon and libvirt. The person is anna, and log and VMs are full of what is hers. Arguments:
# the source folder, the build folder.
set -u
build=$2
if [ "${3-}" != stage ]; then
    exec "$build/tests/cli/cli-stage" lab "$build/tests/fake" "$0" "$1" "$2" stage
fi
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
export LC_ALL=C.UTF-8 STAGED_VMS=$here/vms STAGED_LOG=$here/log
unset LIBVIRT_DEFAULT_URI LANGUAGE
# shellcheck source=tests/cli/results.sh
. "$1/tests/cli/results.sh"

virtflow () {
    "$build/tests/cli/virtflow-report-staged" --bus "$BUS" "$@"
}

has () {
    : > "$here/difference"
    grep -qE -e "$1" "$here/report" || cp "$here/report" "$here/difference"
    [ ! -s "$here/difference" ]
    result $? "it has: $1"
}

# none WHAT GREP-ARGUMENTS...: nothing of that in the report.
none () {
    local what=$1
    shift
    grep -n "$@" "$here/report" > "$here/difference"
    [ $? = 1 ]
    result $? "no $what"
}

# The lines of the section that begins like this.
section () {
    # shellcheck disable=SC2016 # the fields are those of awk
    awk -v heading="== $1" '/^== / { inside = index ($0, heading) == 1; next } inside' "$here/report"
}

uuid=6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01

stage () {
    mkdir "$STAGED_VMS"
    echo "<node><domain file='annas-vm.xml'/></node>" > "$STAGED_VMS/node.xml"
    cat > "$STAGED_VMS/annas-vm.xml" << END
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <test:runstate>5</test:runstate>
  <name>annas-vm</name><uuid>$uuid</uuid>
  <memory unit='KiB'>65536</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'>
      <address type='pci' domain='0' bus='0' slot='2' function='0'/>
    </controller>
  </devices>
</domain>
END
    cat > "$STAGED_LOG" << END
annas-vm	The VM annas-vm was given 0000:01:00.0
annas-vm	0000:01:00.0 is lent to the VM annas-vm after 1.2 s
Sibling	The VM Sibling could not start: '/home/anna/My VMs/Taxes.qcow2': Permission denied
-	Anna at annas-tower, annas-tower.example: network interface enx525400123456 (52:54:00:12:34:56)
-	192.168.1.20 and fe80::5054:ff:fe12:3456, qemu+ssh://anna@server.example/system
-	/dev/disk/by-id/ata-Samsung_SSD_870_S5Y1NJ0R, serial number: PF3ABCDE, $uuid
-	machine-qemu\\x2d1\\x2dannas\\x2dvm.scope has 0000:01:00.0 [1234:1111] open
END
}

private_things () {
    none "names" -i -e anna -e sibling -e tower
    none "paths of persons" -e Taxes -e 'My VMs'
    none "UUIDs" -iE -e '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    none "MAC addresses" -iE -e '([0-9a-f]{2}[:-]){5}[0-9a-f]{2}' -e 525400123456
    none "serial numbers" -e S5Y1NJ0R -e PF3ABCDE
    none "addresses" -e '192\.168' -e fe80 -e server.example
    # Those of the machine that runs the test, as far as they are there.
    cat /etc/machine-id /sys/class/dmi/id/*_serial /sys/class/dmi/id/product_uuid 2> /dev/null \
        | grep -E '^[^ ]{6,}$' > "$here/serials"
    none "serial numbers of this machine" -iF -f "$here/serials"
}

contents () {
    virtflow activate annas-vm 01:00.0 --on-start 2> "$here/said"
    result $? "a VM has the GPU"
    virtflow report --output - > "$here/report" 2> "$here/said"
    result $? "a report"
    private_things
    has '^virtflowd: [0-9]'
    has '^kernel: [^ ]+ '
    has '^libvirt: [0-9]'
    has '^distribution: '
    has '^session: '
    has '^[a-z]+ iommu: '
    has '^[a-z]+ vm-machine: vm-1 '
    has '^ok daemon: '
    has '^0000:01:00\.0 '
    has '^    state: host$'
    has '^    function: 0000:01:00\.1 audio 8086:2668 driver=snd_hda_intel group=3$'
    has '^pairing: vm-1 \(uuid-1\) with 0000:01:00\.0, profile monitor, on start$'
    has '  0000:01:00\.0 is lent to the VM vm-1 after 1\.2 s$'
    has "  The VM vm-2 could not start: '/home/user-1/\.\.\.': Permission denied$"
    has '  user-1 at host-2, host-1: network interface enxmac-1 \(mac-1\)$'
    has '  ip-1 and ip-2, qemu\+ssh://server-1/system$'
    has '  /dev/disk/by-id/serial-1, serial number: serial-2, uuid-1$'
    has '  machine-qemu\\x2d1\\x2dvm-1\.scope has 0000:01:00\.0 \[1234:1111\] open$'
    section 'Machine file' > "$here/machine"
    grep -q '^vfio ' "$here/machine" && "$build/tests/cli/read-machine" "$here/machine" 2> "$here/difference"
    result $? "its machine is one for the tests as it stands"
}

# The one file in the folder "written".
file () {
    echo "$here"/written/*
}

files () {
    mkdir "$here/written"
    (cd "$here/written" && virtflow report) > "$here/output" 2> "$here/said"
    result $? "a file in the current folder"
    [[ $(file) =~ /virtflow-report-[0-9]{8}-[0-9]{6}\.txt$ ]] && [ "$(stat -c %a "$(file)")" = 600 ]
    result $? "for its owner alone: $(basename "$(file)")"
    grep -q "^The report is in $(basename "$(file)")\..* look it through before you send it\.$" "$here/output"
    result $? "it says where it is"
    rm "$(file)"
    virtflow report --json --output "$here/written/a" > "$here/output" 2> "$here/said"
    grep -q "\"path\" : \"$here/written/a\"" "$here/output"
    result $? "in JSON as well"
    echo mine > "$here/written/a"
    ln -s nowhere "$here/written/b"
    for name in a b missing/c; do
        status=0
        virtflow report --json --output "$here/written/$name" > "$here/output" 2> "$here/said" || status=$?
        [ $status = 2 ] && grep -q '"reason" : "invalid-option"' "$here/output"
        result $? "refuses to write $name"
    done
    [ "$(cat "$here/written/a")" = mine ] && [ ! -e "$here/written/nowhere" ]
    result $? "and does not"
}

# Nobody answers; it is a report all the same.
alone () {
    local BUS=unix:path=$here/no-bus
    echo no-libvirt > "$STAGED_VMS/connect"
    virtflow report --output - > "$here/report" 2> "$here/said"
    result $? "a report without daemon and libvirt"
    has '^virtflowd: .*(daemon|bus)'
    has '^libvirt: .*libvirt'
    has '^failed daemon: '
    has '  0000:01:00\.0 is lent to the VM vm-1 after 1\.2 s$'
    private_things
}

stage
: > "$here/said"
: > "$here/difference"
contents
files
alone
echo "1..$number"
exit $failed
