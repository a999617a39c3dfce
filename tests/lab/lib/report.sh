# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How the emulated host talks to the runner: lines that start with the record separator are for it,
# all others are for people.

report () {
    printf '\036%s\n' "$*"
}

ok () {
    report "ok $*"
}

not_ok () {
    report "not-ok $*"
}

skip () {
    report "skip $*"
}

# is TEXT EXPECTED WHAT
is () {
    if [ "$1" = "$2" ]; then
        ok "$3"
    else
        printf '%s\n' "expected: $2" "found:    $1"
        not_ok "$3"
    fi
}

# like TEXT PATTERN WHAT: the pattern is an extended regular expression.
like () {
    if [[ $1 =~ $2 ]]; then
        ok "$3"
    else
        printf '%s\n' "expected to match: $2" "found:    $1"
        not_ok "$3"
    fi
}

# succeeds WHAT COMMAND...; the command's output is shown only when it fails.
succeeds () {
    local what=$1 output status=0
    shift
    output=$("$@" 2>&1) || status=$?
    if [ "$status" = 0 ]; then
        ok "$what"
    else
        printf '%s\n' "exit status $status of: $*" "$output"
        not_ok "$what"
    fi
}

# fails WHAT PATTERN COMMAND...: the command has to fail and its output to match the pattern.
fails () {
    local what=$1 pattern=$2 output status=0
    shift 2
    output=$("$@" 2>&1) || status=$?
    if [ "$status" = 0 ]; then
        printf '%s\n' "succeeded: $*" "$output"
        not_ok "$what"
    else
        like "$output" "$pattern" "$what"
    fi
}
