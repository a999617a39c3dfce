# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced, after progress.sh: installs Debian packages, and says on the way how far that is.

as_root () {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# apt_install ARGUMENT...: of "apt-get install". Ends the program where it fails, with what apt said.
apt_install () {
    local log status=0
    log=$(mktemp)
    {
        as_root apt-get update &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes "$@"
    } > "$log" 2>&1 &
    apt_follow $! "$log"
    wait $! || status=$?
    if [ "$status" != 0 ]; then
        progress_end "The packages could not be installed. The end of what apt said:"
        tail -n 20 "$log"
        rm "$log"
        exit 1
    fi
    rm "$log"
    progress_end "Installed."
}

# apt_follow PROCESS LOG: until it ends.
apt_follow () {
    local process=$1 log=$2 all
    while kill -0 "$process" 2> /dev/null; do
        all=$(sed -n 's/.* \([0-9]*\) newly installed.*/\1/p' "$log")
        if [ -z "$all" ]; then
            progress "Reading package lists"
        elif grep -q '^Setting up' "$log"; then
            progress "Setting up" "($(grep -c '^Setting up' "$log") of $all packages)"
        elif grep -q '^Unpacking' "$log"; then
            progress "Unpacking" "($(grep -c '^Unpacking' "$log") of $all packages)"
        else
            progress "Fetching" "($(grep -c '^Get:[0-9]* .* \[.*B\]$' "$log") of $all packages)"
        fi
        sleep 1
    done
}
