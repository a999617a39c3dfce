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
    state=$(cat "/proc/$1/stat" 2> /dev/null) || return 0
    [[ $state == *') Z '* ]]
}

process_is_stopped () {
    local state
    state=$(cat "/proc/$1/stat" 2> /dev/null) && [[ $state == *') T '* ]]
}

# The time since a value of ${EPOCHREALTIME/./}.
milliseconds_since () {
    echo $(((${EPOCHREALTIME/./} - $1) / 1000))
}
