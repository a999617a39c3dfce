# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Questions of polkit to anna, and an agent that answers them or does not. How all that may have changed
# stands, the scenario tells: how_it_stands.
# shellcheck disable=SC2154 # what lib/services.sh knows

bus_name=org.virtflow.VirtFlow1
asked=/run/lab/asked
caller= # of a question that is open

# asks HOW COMMAND...: anna, whose agent does that.
asks () {
    local how=$1
    shift
    rm -f "$asked"
    /lab/programs/polkit-agent anna "$how" "$asked" "$@"
}

# denied WHAT PATTERN COMMAND...: for want of an authorisation, and nothing moved.
denied () {
    local what=$1 pattern=$2 before after output status=0
    shift 2
    before=$(how_it_stands)
    output=$("$@" 2>&1) || status=$?
    after=$(how_it_stands)
    is "$status, $after" "5, $before" "$what: refused, and nothing is done"
    like "$output" "$pattern" "$what: the sentence"
}

was_asked () {
    is "$(grep -c '^asked' "$asked")" 1 "$2: one question"
    like "$(cat "$asked")" "^asked $bus_name.$1 Authentication is required to .*$3" \
        "$2: about that action"
}

# leaves_open COMMAND...: in the background, until the question stands on anna's screen.
leaves_open () {
    rm -f "$asked"
    /lab/programs/polkit-agent anna hang "$asked" "$@" > /run/lab/talk 2>&1 &
    caller=$!
    within 20 grep -qs '^asked' "$asked"
}

# The question is taken from the screen; then the agent ends.
is_withdrawn () {
    succeeds "$1: the question is withdrawn" within 20 grep -q '^withdrawn' "$asked"
    wait "$caller" || :
}

# refused ACTION COMMAND...: by the person who is asked, by a rule, and because the caller has left.
refused () {
    local action=$1 before after
    shift
    denied "$action, wrong password" "Not authorised" asks fail "$@"
    was_asked "$action" "$action, wrong password" ""
    denied "$action, dismissed" "closed without an answer" asks dismiss "$@"
    before=$(how_it_stands)
    leaves_open "$@"
    pkill -KILL -u anna -x virtflow
    is_withdrawn "$action, the caller leaves"
    after=$(how_it_stands)
    is "$after" "$before" "$action, the caller leaves: nothing is done"
    polkit_rule_says NO anna
    denied "$action, a rule says no" "Not authorised" asks answer "$@"
    is "$(cat "$asked")" "" "$action, a rule says no: nobody is asked"
    polkit_rule_is_gone anna
}
