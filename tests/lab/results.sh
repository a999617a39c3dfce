# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run: the TAP that it prints, or the transcript for a person.
# shellcheck disable=SC2154 # transcript comes from run

count=0
failures=0

result () {
    local verdict=$1 text=$2
    count=$((count + 1))
    [ "$verdict" = ok ] || failures=$((failures + 1))
    if [ "$transcript" = no ]; then
        printf '%s %d - %s\n' "$verdict" "$count" "${text//#/\\#}"
    elif [ "$verdict" = ok ]; then
        printf '  ✓ %s\n' "${text#*: }"
    else
        printf '  ✗ FAILED: %s\n' "${text#*: }"
    fi
}

skipped () {
    count=$((count + 1))
    printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"
}

# For people: a comment of the TAP.
note () {
    if [ "$transcript" = no ]; then
        printf '# %s\n' "$1"
    fi
}

# For the reader of a transcript alone: what takes its time.
tell () {
    if [ "$transcript" = yes ]; then
        printf '%s\n' "$1"
    fi
}

# What a scenario itself prints. Its own terminal is one always; the reader's need not be.
talk () {
    local line=${1%$'\r'}
    if [ "$transcript" = no ] || [ ! -t 1 ]; then
        line=${line##*$'\r'}
        while [[ $line =~ $'\e['[0-9\;]*[a-zA-Z] ]]; do
            line=${line/"${BASH_REMATCH[0]}"/}
        done
    fi
    if [ "$transcript" = no ]; then
        printf '# %s\n' "$line"
    else
        printf '%s\n' "$line"
    fi
}

finish_results () {
    [ "$transcript" = yes ] || printf '1..%d\n' "$count"
    [ "$count" != 0 ] || echo "run: none of these scenarios runs on that shape" >&2
    [ "$failures" = 0 ] && [ "$count" != 0 ]
}
