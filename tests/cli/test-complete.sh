#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What "virtflow complete" has to offer: all that the help has, and the VMs, whatever libvirt does.
# Arguments: the source folder, the build folder.
set -u
expected=$1/tests/cli/expected
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
export LC_ALL=C.UTF-8
unset LIBVIRT_DEFAULT_URI
# shellcheck source=tests/cli/staged-vms.sh
. "$1/tests/cli/staged-vms.sh"
# shellcheck source=tests/cli/results.sh
. "$1/tests/cli/results.sh"

# completed WORD... -- CANDIDATE...: the words that could come next, without a word of complaint.
completed () {
    local words=() status=0
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    timeout 60 "$here/bin/virtflow" complete "${words[@]}" > "$here/lines" 2> "$here/said" || status=$?
    cut -f 1 "$here/lines" > "$here/output"
    printf '%s' "${@/%/$'\n'}" | diff -u - "$here/output" > "$here/difference" && [ $status = 0 ] \
        && [ ! -s "$here/said" ]
    result $? "${words[*]}"
}

# What can be completed is what the help has.
commands_and_options () {
    local command commands options
    mapfile -t commands < <(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$expected/help.txt")
    [ ${#commands[@]} -gt 10 ]
    result $? "the help has commands"
    completed "" -- "${commands[@]}"
    completed -- "${commands[@]}"
    for command in "${commands[@]}"; do
        mapfile -t options < <(sed -n 's/^  \(-h, \)\?\(--[a-z-]*\).*/\2/p' "$expected/help-$command.txt")
        "$here/bin/virtflow" complete "$command" - 2> "$here/said" | cut -f 1 | sort > "$here/output"
        printf '%s\n' "${options[@]}" | sort | diff -u - "$here/output" > "$here/difference"
        result $? "the options of $command"
    done
    completed activate vm --profile "" -- monitor keep
    completed activate --profile=k -- --profile=monitor --profile=keep
    completed --json no-such-command "" --
    completed --json --no-such-option complete "" --
}

vms () {
    completed start "" -- one two
    completed deactivate "" -- one two
    completed stop one "" --
    # It may be looked at by who would be asked for a password for more.
    echo look-only > "$STAGED_VMS/connect"
    completed start "" -- one two
    for word in no-rights no-libvirt silent; do
        echo $word > "$STAGED_VMS/connect"
        completed start "" --
    done
    rm "$STAGED_VMS/connect"
    staged_vm two 2 'a "b" it&apos;s'
    completed start "" -- "a \"b\" it's" one
    # Such a name moves the cursor.
    staged_vm two 2 'two&#x9b;31m'
    completed start "" -- one
}

: > "$here/difference"
: > "$here/said"
staged_programs "$2" "$here" one two
commands_and_options
vms
echo "1..$number"
exit $failed
