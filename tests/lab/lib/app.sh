# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The app in front of a person, otto, who only looks and presses: on a screen without a monitor.

pictures=/disk/pictures # the runner looks there

# Starts the app; its process id is in app.
open_app () {
    install -d -o otto "$pictures"
    coproc person {
        exec setpriv --reuid=otto --regid=otto --init-groups \
            /lab/programs/app-person "$pictures" virtflow-gtk 2> /run/lab/log/app
    }
    person_pid=$!
    read -r -t 90 app <&"${person[0]}" || app_failed "the app starts"
}

# ui VERB WORD...: what the person does, or waits to see; app-person says which verbs there are.
ui () {
    local IFS=$'\t' answer
    { printf '%s\n' "$*" >&"${person[1]}" && read -r -t 150 answer <&"${person[0]}"; } ||
        app_failed "$*"
}

app_failed () {
    tail -n 400 /run/lab/log/app
    not_ok "app: $1"
    exit 1
}

# shown NAME WHAT: what the person has seen by now is a result, and there is a picture of it. The
# app may have no GPU open at any time: it would hold what it is about to give away.
shown () {
    ui picture "$1"
    is "$(gpus_open_in "$app")" "" "app: $2"
}

# The device nodes of GPUs that a process has open.
gpus_open_in () {
    local descriptor target
    for descriptor in "/proc/$1/fd"/*; do
        target=$(readlink "$descriptor") || continue
        [[ $target != /dev/dri/* ]] || echo "$target"
    done
}

# Closes the window; the app has to end by itself.
close_app () {
    local status=0
    # shellcheck disable=SC1083,SC2093 # the closing of a descriptor that has its number in an array
    exec {person[1]}>&-
    wait "$person_pid" || status=$?
    [ "$status" = 0 ] || app_failed "it ends"
}
