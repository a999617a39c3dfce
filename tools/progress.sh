# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced: says on standard error how far something long is. One line that changes in place on a
# terminal; one plain line for each stage elsewhere.

last_stage=

# progress STAGE [DETAIL]
progress () {
    local stage=$1 detail=${2:-}
    if [ -t 2 ]; then
        printf '\r\033[K%s' "$stage $detail" >&2
    elif [ "$stage" != "$last_stage" ]; then
        printf '%s\n' "$stage" >&2
    fi
    last_stage=$stage
}

# Takes the line away, before something else is printed.
progress_clear () {
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# progress_end SENTENCE
progress_end () {
    progress_clear
    printf '%s\n' "$1" >&2
}
