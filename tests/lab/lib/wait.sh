# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Waiting for a condition, never for a time.

# A pipe that nobody writes to: reading from it with a limit pauses without starting a process.
exec {silence}<> <(:)

pause () {
    read -r -t 0.05 -u "$silence" || :
}

# within SECONDS COMMAND...: asks until the command succeeds; fails when it did not in time.
within () {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
        pause
    done
}

process_is_gone () {
    local state
    { read -r state < "/proc/$1/stat"; } 2> /dev/null || return 0
    [[ $state == *') Z '* ]]
}

process_is_stopped () {
    local state
    { read -r state < "/proc/$1/stat"; } 2> /dev/null && [[ $state == *') T '* ]]
}

# answers_within SECONDS COMMAND...: runs it and gives its exit status; its output is in /run/lab/answer.
# One that does not end in time may hang in the kernel, so it is not waited for.
answers_within () {
    local seconds=$1 process
    shift
    "$@" > /run/lab/answer 2>&1 &
    process=$!
    within "$seconds" process_is_gone "$process" || {
        echo "no answer within $seconds s, state $(cut -d' ' -f3 "/proc/$process/stat"): $*"
        disown "$process"
        return 124
    }
    wait "$process"
}

# The time since a value of ${EPOCHREALTIME/./}.
milliseconds_since () {
    echo $(((${EPOCHREALTIME/./} - $1) / 1000))
}
