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
number=0
failed=0

result () {
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$here/difference" "$here/said"
        failed=1
    fi
}

# The same text as in the file of that name.
same () {
    if [ -n "${UPDATE-}" ]; then
        cp "$here/output" "$expected/$1"
    fi
    diff -u "$expected/$1" "$here/output" > "$here/difference"
    result $? "$1"
}

virtflow () {
    "$build/src/cli/virtflow" ${BUS:+--bus "$BUS"} "$@"
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
    for command in status gpus vms show activate deactivate start stop lend return recover watch; do
        shown "help-$command.txt" "$command" --help
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
    refused 2 invalid-option deactivate
    refused 2 invalid-option deactivate vm --all
    refused 2 foreign-libvirt --connect qemu+ssh://elsewhere/system vms
    LIBVIRT_DEFAULT_URI=test:///default refused 2 foreign-libvirt status
    told LIBVIRT_DEFAULT_URI
}

without_daemon () {
    BUS=unix:path=$here/no-bus
    refused 13 no-daemon lend
    refused 13 no-daemon return 0000:01:00.0
    refused 13 no-daemon recover
    virtflow gpus --json > "$here/output" 2> "$here/said"
    result $? "gpus works without the daemon"
    told 'without the daemon'
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

    virtflow watch --json > "$here/events" 2> /dev/null &
    watch=$!
    until grep -q 0000:01:00.0 "$here/events"; do sleep 0.05; done
    virtflow lend > "$here/output" 2> "$here/said"
    result $? "lends the only one that fits"
    told '^\[17/17\] keep 0000:01:00.1 powered  [0-9.]* ms$'
    told '^0000:01:00.0 is lent'
    virtflow gpus | grep -q '^0000:01:00.1 audio .* vfio-pci '
    result $? "both functions are on vfio-pci"
    refused 2 invalid-option return --no-such-option
    shown returned.json return --json
    until [ "$(grep -c '"state":"host"' "$here/events")" -ge 3 ]; do sleep 0.05; done
    kill "$watch"
    grep -o '"event":"gpu".*"state":"[a-z]*"' "$here/events" | grep 0000:01:00.0 \
        | sed 's/.*"state":"//; s/"//' > "$here/output"
    same watch-states.txt
    virtflow return 01:00.0 2> "$here/said"
    result $? "what is on the host is returned without a word of complaint"
    virtflow recover 2> "$here/said"
    told 'Every GPU is where it belongs'
}

if [ "${3-}" = stage ]; then
    with_daemon
    exit $failed
fi
help_texts
usage
without_daemon
unset BUS
"$build/tests/cli/cli-stage" lab "$build/tests/fake" "$0" "$1" "$2" stage > "$here/stage" \
    2> "$here/difference"
: > "$here/said"
result $? "the stage"
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
