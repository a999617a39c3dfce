# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests: the TAP that they print. The folder is in here; what a failure shows is in its files
# "difference" and "said".
# shellcheck disable=SC2034,SC2154 # whoever sources this has here, and reads failed
number=0
failed=0

# result STATUS NAME
result () {
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$here/difference" "$here/said"
        failed=1
    fi
}
