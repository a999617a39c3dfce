# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run: which scenarios one boot has to do. The first lines of a scenario say what it wants:
#   # shapes: one twins     the machines that it runs on, each (default: one)
#   # deadline: 60          seconds (default: 30)
#   # needs: virtflow       VirtFlow itself; without it bare libvirt will do; or packages of it
# shellcheck disable=SC2154 # here, build and packages come from run

plan=()

# wish SCENARIO NAME DEFAULT
wish () {
    local value
    value=$(sed -n "1,10s/^# $2: *//p" "$here/scenarios/$1.sh")
    echo "${value:-$3}"
}

# Fills the array plan with "SCENARIO DEADLINE LIFE" for the given shape.
plan_for () {
    local shape=$1 name needs
    shift
    plan=()
    for name in "$@"; do
        [[ " $(wish "$name" shapes one) " == *" $shape "* ]] || continue
        needs=$(wish "$name" needs nothing)
        if [ "$needs" = virtflow ] && [ -z "$build" ]; then
            skipped "$shape/$name" "VirtFlow is not built"
        elif [ "$needs" = packages ] && [ -z "$packages" ]; then
            skipped "$shape/$name" "there are no packages of VirtFlow"
        else
            plan+=("$name $(wish "$name" deadline 30) 1")
        fi
    done
}
