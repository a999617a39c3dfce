# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by process 1: the interactive shell of the demo.

run_shell () {
    # The terminal's kind and size, as the runner saw them.
    local kind=linux rows=24 columns=80
    [ ! -e /lab/terminal ] || read -r kind rows columns < /lab/terminal
    stty sane rows "$rows" columns "$columns"
    [ ! -e /lab/welcome ] || cat /lab/welcome
    export TERM=$kind
    (cd /root && setsid --ctty --wait bash --rcfile /lab/host/bashrc -i < /dev/hvc0)
}
