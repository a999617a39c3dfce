#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What virtflow says, how it ends and what its JSON looks like; beside the real daemon on a fake
# machine, and without a daemon. Arguments: the source folder, the build folder. With UPDATE set the
# expected texts in tests/cli/expected are written anew.
set -u
expected=$1/tests/cli/expected
build=$2
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
export LC_ALL=C.UTF-8 here
unset LIBVIRT_DEFAULT_URI NO_COLOR
# shellcheck source=tests/cli/results.sh
. "$1/tests/cli/results.sh"

# The same text as in the file of that name.
same () {
    if [ -n "${UPDATE-}" ]; then
        cp "$here/output" "$expected/$1"
    fi
    diff -u "$expected/$1" "$here/output" > "$here/difference"
    result $? "$1"
}

program=$build/src/cli/virtflow
running=
virtflow () {
    "$program" ${BUS:+--bus "$BUS"} "$@"
}

# refused STATUS REASON ARGUMENTS...: with both forms of the error.
refused () {
    local status=0 wanted=$1 reason=$2
    shift 2
    virtflow --json "$@" > "$here/output" 2> "$here/said" || status=$?
    : > "$here/difference"
    [ "$status" = "$wanted" ] && grep -q '^virtflow: ..*[.?]$' "$here/said" \
        && tr -d '\n' < "$here/output" | grep -q "\"reason\" : \"$reason\""
    result $? "$reason: virtflow $*"
}

# shown NAME ARGUMENTS...: what it prints is the expected text. Names depend on the hardware database
# of the machine that runs the test.
shown () {
    local name=$1
    shift
    virtflow "$@" 2> "$here/said" | sed 's/"name" : ".*"/"name" : "..."/' > "$here/output"
    same "$name"
}

told () {
    : > "$here/difference"
    grep -q "$1" "$here/said"
    result $? "says: $1"
}

help_texts () {
    shown help.txt --help
    for command in status gpus vms show activate deactivate start stop lend return recover doctor setup \
        test watch log report help; do
        shown "help-$command.txt" "$command" --help
    done
}

topics () {
    shown topics.txt help
    shown topic.txt help No-Such-Topic
    shown topic.json help no-such-topic --json
    refused 3 no-such-topic help no-iomu
    told 'Did you mean no-iommu?'
    refused 3 no-such-topic help activte
    told 'Did you mean activate?'
    refused 3 no-such-topic help $'\u202enothing'
    told '\\x202enothing'
    refused 2 invalid-option help one two
    # A command of each of the two programs.
    for command in gpus activate; do
        shown "help-$command.txt" help "$command"
    done
}

versions () {
    local arguments
    : > "$here/difference"
    for arguments in --version "gpus --version" "start --version vm"; do
        # shellcheck disable=SC2086 # words
        virtflow $arguments > "$here/output" 2> "$here/said"
        [[ $(< "$here/output") == "virtflow "[0-9]*.[0-9]*.[0-9]* ]]
        result $? "virtflow $arguments says which it is, and nothing else"
    done
}

usage () {
    refused 2 invalid-option gups
    told 'Did you mean gpus?'
    refused 2 invalid-option gpus --no-such-option
    refused 2 invalid-option gpus one-too-many
    refused 2 invalid-option show
    refused 2 invalid-option --color=pink gpus
    refused 2 invalid-option stop vm --timeout 0
    refused 2 invalid-option activate vm --timeout -1
    refused 2 invalid-option activate vm --profile nonsense
    refused 2 invalid-input activate vm --evdev /dev/input/../sda-event-kbd
    refused 2 invalid-input activate vm --evdev /dev/input/by-id/a-event-kbd --evdev /dev/input/event3
    told 'ls /dev/input/by-id'
    refused 2 invalid-input activate vm --usb 46d:c52b
    told lsusb
    refused 2 invalid-option deactivate
    refused 2 invalid-option deactivate vm --all
    refused 2 foreign-libvirt --connect qemu+ssh://elsewhere/system vms
    LIBVIRT_DEFAULT_URI=test:///default refused 2 foreign-libvirt status
    told LIBVIRT_DEFAULT_URI
}

# vm NAME UUID STATE [MORE]: a VM of the staged libvirt; STATE as libvirt numbers it.
vm () {
    cat > "$STAGED_VMS/$1.xml" << END
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <test:runstate>$3</test:runstate>${4-}
  <name>$1</name><uuid>$2</uuid><memory unit='KiB'>65536</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'>
      <address type='pci' domain='0' bus='0' slot='2' function='0'/>
    </controller>
    <graphics type='vnc' port='-1' autoport='yes' passwd='secret'>
      <listen type='address'/>
    </graphics>
    <video>
      <model type='vga' vram='16384' heads='1' primary='yes'/>
    </video>
  </devices>
</domain>
END
}

# From here on the VMs guest and other, both off, are those of libvirt.
stage_vms () {
    program=$build/tests/cli/virtflow-vms-staged
    export STAGED_VMS=$here/vms
    mkdir -p "$STAGED_VMS"
    cat > "$STAGED_VMS/node.xml" << END
<node>
  <domain file='guest.xml'/><domain file='other.xml'/>
  <device>
    <name>computer</name>
    <capability type='system'>
      <hardware><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a09</uuid></hardware><firmware/>
    </capability>
  </device>
  <device>
    <name>usb_1</name><parent>computer</parent>
    <capability type='usb_device'>
      <bus>1</bus><device>2</device>
      <product id='0x3c4d'>Receiver</product><vendor id='0x1a2b'>Somebody</vendor>
    </capability>
  </device>
  <device>
    <name>usb_1_0</name><parent>usb_1</parent>
    <capability type='usb'>
      <number>0</number><class>3</class><subclass>1</subclass><protocol>1</protocol>
    </capability>
  </device>
</node>
END
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 5
    vm other 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02 5
}

# The VM other with some of everything. STATE as libvirt numbers it.
rich_vm () {
    cat > "$STAGED_VMS/other.xml" << END
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <test:runstate>$1</test:runstate>
  <name>other</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02</uuid>
  <memory unit='GiB'>4</memory><vcpu>4</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/srv/other.qcow2'/><target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/><source network='default'/><model type='virtio'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:02'/><source bridge='br0'/>
    </interface>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <input type='evdev'><source dev='/dev/input/by-id/usb-A-event-kbd' grab='all'/></input>
    <graphics type='spice' autoport='yes'/>
    <graphics type='vnc' autoport='yes'/>
    <hostdev mode='subsystem' type='usb'>
      <source><vendor id='0x1a2b'/><product id='0x3c4d'/></source>
    </hostdev>
  </devices>
</domain>
END
}

show_without_daemon () {
    rich_vm 5
    echo windows-without-virtio > "$STAGED_VMS/other.agent"
    shown show-off.txt show other
    shown show-off.json show other --json
    rich_vm 1
    shown show-running.txt show other
    shown show-running.json show other --json
    vm other 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02 1
    shown show-no-channel.json show other --json
    vm other 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02 5
}

# harmless ARGUMENTS...: what turns the direction of a line or moves the cursor does not get through.
harmless () {
    virtflow "$@" > "$here/output" 2> "$here/said"
    : > "$here/difference"
    grep -qF 'o\x9b31m\x202egnp' "$here/output" \
        && ! grep -qF -e $'\u009b' -e $'\u202e' "$here/output" "$here/said"
    result $? "a name that means no good: virtflow $*"
}

odd_names () {
    sed -i 's,<name>other,<name>o\&#x9b;31m\&#x202e;gnp,' "$STAGED_VMS/other.xml"
    harmless vms
    harmless status
    harmless show 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02
    vm other 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02 5
}

vms_without_daemon () {
    stage_vms
    show_without_daemon
    odd_names
    refused 3 no-such-input activate guest --evdev /dev/input/by-id/no-such-event-kbd
    refused 3 no-such-input activate guest --usb 1a2b:3c4e
    told '1a2b:3c4e'
    refused 13 no-daemon activate guest
    refused 13 no-daemon deactivate guest
    refused 13 no-daemon deactivate --all
    shown vms.json vms --json
    told 'Which VM has which GPU is not known'
}

without_daemon () {
    BUS=unix:path=$here/no-bus
    refused 13 no-daemon lend
    refused 13 no-daemon return 0000:01:00.0
    refused 13 no-daemon recover
    told 'sudo virtflow recover'
    virtflow gpus --json > "$here/output" 2> "$here/said"
    result $? "gpus works without the daemon"
    told 'without the daemon'
    vms_without_daemon
}

# On the machine "lab": a GPU with the host's picture, and one with an audio function.
with_daemon () {
    shown gpus.json gpus --json
    shown lend-plan.txt lend 01:00.0 --dry-run
    shown lend-plan.json lend --dry-run --json
    shown refused-plan.json lend 0000:00:01.0 --dry-run --json
    refused 2 invalid-address lend 0000:01:00.8
    refused 2 ambiguous-gpu lend 1234
    told '0000:00:01.0.*0000:01:00.0'
    refused 3 no-such-gpu lend 0000:7f:00.0
    refused 3 no-such-gpu return
    refused 8 host-display lend 00:01.0

    shown nothing-to-return.json return 01:00.0 --dry-run --json
    : > "$here/events"
    "$program" --bus "$BUS" watch --json > "$here/events" 2> /dev/null &
    watch=$!
    until grep -q 0000:01:00.0 "$here/events"; do sleep 0.05; done
    virtflow lend > "$here/output" 2> "$here/said"
    result $? "lends the only one that fits"
    told '^\[18/18\] keep 0000:01:00.1 powered  [0-9.]* ms$'
    told '^0000:01:00.0 is lent'
    virtflow gpus | grep -q '^0000:01:00.1 audio .* vfio-pci '
    result $? "both functions are on vfio-pci"
    refused 2 invalid-option return --no-such-option
    shown return-plan.txt return --dry-run
    shown returned.json return --json
    until [ "$(grep -c '"state":"host"' "$here/events")" -ge 3 ]; do sleep 0.05; done
    kill "$watch"
    grep -o '"event":"gpu".*"state":"[a-z]*"' "$here/events" | grep 0000:01:00.0 \
        | sed 's/.*"state":"//; s/"//' | uniq > "$here/output"
    same watch-states.txt
    virtflow return 01:00.0 2> "$here/said"
    result $? "what is on the host is returned without a word of complaint"
    virtflow recover 2> "$here/said"
    told 'Every GPU is where it belongs'
    virtflow recover 01:00.0 > "$here/said" 2>&1
    told '^0000:01:00.0 is with the host'
    refused 3 no-such-gpu recover 0000:7f:00.0
}

# On the same machine: a VM gets the GPU and gives it back.
# One that says nothing is given up; who would be asked for a password is not.
silent_libvirt () {
    echo silent > "$STAGED_VMS/connect"
    virtflow status > "$here/status" 2>&1 &
    refused 13 no-libvirt vms
    wait $!
    result $? "status goes on without libvirt"
    grep -q 'The VMs are not known. libvirt has not answered' "$here/status"
    result $? "and says so"
    rm "$STAGED_VMS/connect"
}

with_vms () {
    stage_vms
    silent_libvirt
    shown activate-plan.txt activate guest --dry-run
    shown activate-plan.json activate guest --dry-run --json
    shown activate-usb-plan.json activate guest --usb 1A2B:3c4d --dry-run --json
    told 'Somebody Receiver: While the VM runs, the host loses with this device: a keyboard.'
    virtflow activate guest --usb 1a2b:3c4d --dry-run 2> "$here/said" \
        | grep -q "^+        <product id='0x3c4d'/>"
    result $? "the USB device is part of the difference"
    shown activated.json activate guest --usb 1a2b:3c4d --json
    grep -q "<product id='0x3c4d'/>" "$STAGED_VMS/guest.xml"
    result $? "the VM has the USB device"
    refused 6 already-activated activate guest
    refused 6 claimed-by-vm activate other 01:00.0 --dry-run
    refused 6 claimed-by-vm activate other 01:00.0
    shown deactivate-plan.txt deactivate guest --dry-run
    # The VM is off and somebody has the GPU open all the same: to stop the VM would not help.
    mkdir -p "$TREE/proc/77/fd"
    echo qemu > "$TREE/proc/77/comm"
    echo '77 (qemu) S 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 177 0 0' > "$TREE/proc/77/stat"
    printf 'Name:\tqemu\nUid:\t0\t0\t0\t0\n' > "$TREE/proc/77/status"
    echo '0::/' > "$TREE/proc/77/cgroup"
    ln -s ../../../dev/vfio/3 "$TREE/proc/77/fd/3"
    refused 7 vm-running deactivate guest --dry-run
    refused 7 vm-running deactivate guest
    rm -r "$TREE/proc/77"
    shown deactivated.json deactivate guest --json
    grep -q "passwd='secret'" "$STAGED_VMS/guest.xml" && ! grep -q hostdev "$STAGED_VMS/guest.xml"
    result $? "the VM is as it was"
    several_vms
    running_vm
}

# Each failure has its place in the answer.
several_vms () {
    virtflow activate guest 01:00.0 --on-start 2> /dev/null
    virtflow activate other 01:00.0 --on-start 2> /dev/null
    sed -i 's,</test:runstate>,&<test:hasmanagedsave>1</test:hasmanagedsave>,' "$STAGED_VMS/other.xml"
    refused 8 managed-save deactivate other --dry-run
    status=0
    virtflow deactivate --all --json > "$here/output" 2> "$here/said" || status=$?
    : > "$here/difference"
    tr -d '\n ' < "$here/output" > "$here/line"
    grep -q '{"name":"other","gpu":"0000:01:00.0","error":{"code":"refused","reason":"managed-save"' \
        "$here/line" && grep -q '{"name":"guest","gpu":"0000:01:00.0"}' "$here/line"
    result $? "each VM has its place in the answer"
    [ $status = 8 ]
    result $? "a VM that failed is the failure of the run"
    sed -i 's,<test:hasmanagedsave>1</test:hasmanagedsave>,,' "$STAGED_VMS/other.xml"
    virtflow deactivate --all 2> "$here/said"
    result $? "the rest is deactivated later"
}

# on_terminal ANSWER ARGUMENTS...
on_terminal () {
    local answer=$1
    shift
    printf '%s\n' "$answer" \
        | script -qec "'$program' --bus '$BUS' --no-ask-password $*" /dev/null > "$here/said"
}

running_vm () {
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 1
    refused 2 confirmation-needed activate guest 01:00.0
    on_terminal n activate guest 01:00.0
    result $(($? != 2)) "no is no"
    told 'The VM guest runs and will be shut down for this. Continue? .y/N.'
    told 'Nothing was done'
    on_terminal y activate guest 01:00.0
    result $? "yes is yes"
    told 'The VM guest has 0000:01:00.0 from its next start on'
    on_terminal y deactivate guest
    result $? "nobody is asked about a VM that is off"
    shown started.json start guest --json
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 1
    shown stopped.json stop guest --json
}

# in_background ARGUMENTS...: without the shell's own way of ignoring Ctrl+C.
in_background () {
    : > "$here/said"
    "$program" --bus "$BUS" "$@" > "$here/output" 2> "$here/said" &
    running=$!
}

until_said () {
    until grep -q "$1" "$here/said"; do sleep 0.05; done
}

# Where the GPU 0000:01:00.0 is; asked by the program that has no VMs.
gpu_is () {
    "$build/src/cli/virtflow" --bus "$BUS" gpus 2> /dev/null | grep -q "^0000:01:00.0 .* $1"
}

until_gpu_is () {
    until gpu_is "$1"; do sleep 0.05; done
}

# From now on the worker does not answer, until the file is gone.
hold () {
    until [ ! -e "$TREE/held" ]; do sleep 0.01; done
    touch "$TREE/hold"
    until [ -e "$TREE/held" ]; do sleep 0.01; done
}

# ends_with STATUS WORDS
ends_with () {
    local status=0
    wait "$running" || status=$?
    : > "$here/difference"
    [ $status = "$1" ]
    result $? "ends with $1: $2"
    told "$2"
}

# Ctrl+C, and what a person then waits for or does not.
interrupted () {
    hold
    in_background lend 01:00.0
    until_gpu_is 'on its way'
    kill -INT "$running"
    until_said '^Cancelling'
    gpu_is 'on its way'
    rm "$TREE/hold"
    # Before its first step or in it.
    ends_with 130 '\(Everything was undone\|Nothing was done\): the host has the GPU'
    gpu_is 'on the host'
    result $? "the host has the GPU"

    hold
    in_background lend 01:00.0
    until_gpu_is 'on its way'
    kill -INT "$running"
    until_said '^Cancelling'
    kill -INT "$running"
    ends_with 130 'The daemon goes on by itself; "virtflow watch" shows it'
    gpu_is 'on its way'
    result $? "and the daemon does"
    rm "$TREE/hold"
    until_gpu_is 'on the host'
}

interrupted_transaction () {
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 5
    hold
    in_background activate guest 01:00.0 --json
    until_gpu_is 'on its way'
    kill -TERM "$running"
    until_said '^Cancelling'
    gpu_is 'on its way'
    rm "$TREE/hold"
    # Before its first step or in it.
    ends_with 130 '\(Everything was undone\|Nothing was done\): the host has the GPU'
    grep -q '"reason" : "cancelled"' "$here/output"
    result $? "so does its JSON"

    : > "$STAGED_VMS/guest.deaf"
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 1
    in_background activate guest 01:00.0 --yes
    until_said 'is asked to shut down'
    kill -INT "$running"
    ends_with 130 'The VM is defined as it was, and 0000:01:00.0 was returned to the host'
    ! grep -q hostdev "$STAGED_VMS/guest.xml"
    result $? "and is"
    vm guest 6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01 5
    virtflow activate guest 01:00.0 2> "$here/said"
    result $? "what was cancelled can be done"
    sed -i 's,<test:runstate>5,<test:runstate>1,' "$STAGED_VMS/guest.xml"
    in_background deactivate guest --yes
    until_said 'is asked to shut down'
    kill -INT "$running"
    ends_with 130 'The VM guest'
    grep -q hostdev "$STAGED_VMS/guest.xml"
    result $? "the VM has its GPU still"
    rm "$STAGED_VMS/guest.deaf"
    virtflow deactivate guest --yes 2> "$here/said"
    result $? "and can be deactivated"
}

# On the machine "held": a game and a sound server have the GPU open.
with_holders () {
    stage_vms
    refused 7 held-by-process activate guest 01:00.0 --dry-run
    refused 7 held-by-process activate guest 01:00.0
    virtflow activate guest 01:00.0 --on-start --dry-run > "$here/output" 2> "$here/said"
    result $? "who holds it now may be gone when the VM starts"
    grep -q 'It is in use now' "$here/output"
    result $? "and is mentioned"
    virtflow activate guest 01:00.0 --on-start 2> "$here/said"
    result $? "as the plan said"
}

# watch_until REASON COMMAND...: what it follows ends by that, with the process that follows it as the
# last argument.
watch_until () {
    local status=0 reason=$1
    shift
    : > "$here/events"
    "$program" --bus "$BUS" watch > "$here/events" 2> "$here/said" &
    until grep -q 'VM ' "$here/events"; do sleep 0.05; done
    "$@" $!
    wait $! || status=$?
    : > "$here/difference"
    [ $status = 13 ]
    result $? "watch ends: $reason"
    told "virtflow: $reason"
}

# shellcheck disable=SC2317 # watch_until calls it
end_bus () {
    gdbus call --address "$BUS" --dest org.freedesktop.DBus --object-path / \
        --method org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.DBus \
        | sed 's/.*uint32 //; s/,.*//' | xargs kill
}

watch_to_the_end () {
    watch_until 'libvirt has ended' kill -USR1
    watch_until 'The system bus has ended' end_bus
}

# What it finds is of the machine that runs the test; tests/doctor has what it says of others.
doctor () {
    local status=0
    : > "$here/difference"
    virtflow --json doctor > "$here/output" 2> "$here/said" || status=$?
    grep -q '"check" : "iommu"' "$here/output" && grep -q '"check" : "hook-called"' "$here/output"
    result $? "doctor has findings"
    case $status in
        0) grep -qE '"worst" : "(ok|unknown)"' "$here/output" ;;
        20) grep -q '"worst" : "warning"' "$here/output" ;;
        21) grep -q '"worst" : "failed"' "$here/output" ;;
        *) false ;;
    esac
    result $? "doctor ends as its worst finding says: $status"
    tr -d '\n' < "$here/output" | grep -q "\"check\" : \"daemon\", *\"verdict\" : \"$1\""
    result $? "doctor says of the daemon: $1"
    refused 3 no-such-gpu doctor 00ff:ff:1f.0
}

case ${3-} in
    stage)
        with_daemon
        doctor ok
        interrupted
        with_vms
        interrupted_transaction
        exit $failed
        ;;
    stage-held)
        with_holders
        watch_to_the_end
        exit $failed
        ;;
esac
help_texts
topics
versions
usage
without_daemon
doctor failed
unset BUS
: > "$here/said"
for stage in lab:stage held:stage-held; do
    "$build/tests/cli/cli-stage" "${stage%:*}" "$build/tests/fake" "$0" "$1" "$2" "${stage#*:}" \
        >> "$here/stage" 2> "$here/difference"
    result $? "the machine ${stage%:*}"
done
sed -E "s/^(not )?ok [0-9]+/\1ok/" "$here/stage" > "$here/renumbered"
while IFS= read -r line; do
    case $line in
        ok* | not*)
            number=$((number + 1))
            echo "${line/ok -/ok $number -}"
            ;;
        *) echo "$line" ;;
    esac
done < "$here/renumbered"
grep -q '^not ok' "$here/stage" && failed=1
echo "1..$number"
exit $failed
