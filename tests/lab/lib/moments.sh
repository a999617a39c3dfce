# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Moments of something that takes its time, by chance.
# shellcheck disable=SC2154 # silence comes from lib/wait.sh

# measure COMMAND...: sets took to the milliseconds that it takes.
measure () {
    local started=${EPOCHREALTIME/./}
    "$@" > /run/lab/log/operation 2>&1
    took=$(milliseconds_since "$started")
}

# wait_at_random FROM UNTIL: for some milliseconds between these.
wait_at_random () {
    local moment=$(($1 + RANDOM * ($2 - $1) / 32768)) seconds
    printf -v seconds '%d.%03d' $((moment / 1000)) $((moment % 1000))
    read -r -t "$seconds" -u "$silence" || :
}

# wait_in_part PART PARTS MILLISECONDS: at random in that part of the time, 1 being the first; so that a
# few moments are not all early or late.
wait_in_part () {
    wait_at_random $((($1 - 1) * $3 / $2)) $(($1 * $3 / $2))
}
