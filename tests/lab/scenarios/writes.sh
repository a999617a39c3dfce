# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deadline: 120
# The table that the fake kernel is held against, replayed on the real one: tests/fake/writes.table.

function=$dgpu.0
pci=/sys/bus/pci
modprobe vfio-pci

trim () {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    echo "${text%"${text##*[![:space:]]}"}"
}

set_override () {
    if [ "$1" = - ]; then
        echo > "$devices/$function/driver_override"
    else
        printf '%s' "$1" > "$devices/$function/driver_override"
    fi
}

# Brings the function into the state of a case: its driver, its override.
arrange () {
    local driver=$1 override=$2
    [ ! -e "$devices/$function/driver" ] || echo "$function" > "$devices/$function/driver/unbind"
    if [ "$driver" != none ]; then
        set_override "$driver"
        echo "$function" > "$pci/drivers/$driver/bind"
    fi
    set_override "$override"
}

# "bochs-drm vfio-pci": as the table has it; and whether the group's node is where it should be.
state () {
    local override driver
    driver=$(driver_of "$function")
    override=$(cat "$devices/$function/driver_override")
    [ "$override" != "(null)" ] || override=-
    if [ "$driver" = vfio-pci ] && [ ! -e "/dev/vfio/$(group_of "$function")" ]; then
        driver+='(without its node)'
    fi
    echo "$driver ${override:--}"
}

# Writes in one write(2) and prints ok or the name of the errno.
attempt () {
    local text=$1 file=$2 said
    # shellcheck disable=SC2059 # a line end in the table is meant as one
    if said=$( (printf "$text" > "$file") 2>&1); then
        echo ok
        return
    fi
    case $said in
        *'No such device'*) echo ENODEV ;;
        *'No such file'*) echo ENOENT ;;
        *'busy'*) echo EBUSY ;;
        *'Invalid argument'*) echo EINVAL ;;
        *'Inappropriate ioctl'*) echo ENOTTY ;;
        *) echo "$said" ;;
    esac
}

while IFS='|' read -r -u 8 name before write result after; do
    case $name in '#'* | '') continue ;; esac
    read -r driver override <<< "$before"
    arrange "$driver" "$override"
    text=$(trim "${write%%->*}")
    file=$pci/$(trim "${write#*->}")
    got=$(attempt "${text//@/$function}" "${file//@/$function}")
    is "$got: $(state)" "$(trim "$result"): $(trim "$after")" "$(trim "$name")"
done 8< /lab/writes.table

arrange bochs-drm -
