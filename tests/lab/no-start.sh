# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run and demo-shell: what to do when the emulated host does not come up.
# shellcheck disable=SC2154 # here comes from whoever sources this

# why_not_up [CONSOLE]: what QEMU said, and the end of what the kernel said, stands above already.
why_not_up () {
    local console=${1-}
    local free
    free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    echo "The emulated host did not start."
    if ! command -v qemu-system-x86_64 > /dev/null; then
        echo "QEMU is not here. Install it: tools/setup lab"
    elif [ -s "${console-}" ]; then
        echo "QEMU runs, but the kernel in it did not come up: the last it said is above. If its root" \
            "is damaged, make it anew:"
        echo "  rm -r $(dirname "$("$here/root")")/lab-*"
    elif [ $((${free:-0} / 1024)) -lt 2048 ]; then
        echo "It takes 2048 MiB of memory, and $((${free:-0} / 1024)) MiB are free: end something" \
            "large, then try again."
    else
        echo "QEMU could not start it, and says above why. It takes QEMU 7.2 or newer" \
            "(qemu-system-x86_64 --version) and, in ${TMPDIR:-/tmp}, 300 MiB of space."
    fi
}
