# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lends against programs that open and close the card in a loop.
# shellcheck disable=SC2154 # what lib/cycle.sh knows
. /lab/lib/cycle.sh

# race TIMES: or more, until both has happened, that one went and that one was refused.
race () {
    local times=$1 most=$(($1 + 40)) lent=0 refused=0 other=0 lost=0 status
    remember_host
    setpriv --reuid=anna --regid=anna --init-groups /lab/programs/open-and-close /dev/dri \
        > /run/lab/log/anna-opens &
    local anna=$!
    /lab/programs/open-and-close /dev/dri > /run/lab/log/root-opens &
    local root=$!
    for ((round = 0; round < times || (round < most && (lent == 0 || refused == 0)); round++)); do
        status=0
        virtflow lend "$dgpu.0" > /run/lab/log/operation 2>&1 || status=$?
        case $status in
            0) lent=$((lent + 1)) ;;
            7) refused=$((refused + 1)) ;;
            *) other=$((other + 1)); cat /run/lab/log/operation ;;
        esac
        virtflow return "$dgpu.0" > /run/lab/log/operation 2>&1 || cat /run/lab/log/operation
        is_home "$dgpu" && [ "$(registers_of "$dgpu")" = "$host_registers" ] || lost=$((lost + 1))
    done
    kill "$anna" "$root"
    wait "$anna" "$root" || :
    times=$round
    echo "$times lends: $lent went, $refused were refused because the card was held"
    is "$((lent > 0 && refused > 0))" 1 "$times lends: some went, some were refused"
    is "$other" 0 "$times lends against programs that open the card: each went or was refused as held"
    is "$lost" 0 "and the card came back each time"
    is "$(($(cat /run/lab/log/anna-opens) > 0 && $(cat /run/lab/log/root-opens) > 0))" 1 \
        "both programs had it open in between"
    home_again "after the race"
}
