# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a refused command must give: its exit status, its reason and a sentence; and nothing changed.

# refused STATUS REASON COMMAND...
refused () {
    local wanted=$1 reason=$2 output status=0
    shift 2
    output=$("$@" --json 2> /run/lab/refusal) || status=$?
    output=$(tr -d ' \n' <<< "$output")
    if [ "$status" = "$wanted" ] && [[ $output == *"\"reason\":\"$reason\""* ]]; then
        ok "$reason ($wanted): $*"
    else
        printf '%s\n' "exit status $status instead of $wanted, or not $reason:" "$output" \
            "$(cat /run/lab/refusal)"
        not_ok "$reason ($wanted): $*"
    fi
}

as_user () {
    local user=$1
    shift
    setpriv --reuid="$user" --regid="$user" --init-groups "$@"
}
