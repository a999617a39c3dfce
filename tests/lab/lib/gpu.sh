# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The emulated host's GPUs: who drives them, whether they are healthy, and how bare writes move them.
# A slot is an address without its function: 0000:01:00.

devices=/sys/bus/pci/devices
igpu=0000:00:02
vfio_aside=/run/lab/vfio-pci
gpu_drivers='bochs-drm snd_hda_intel' # of a GPU that is home: the display's and the sound's
declare -A homes=() # instead of these, of a slot that a scenario has put on other drivers

# Sets dgpu, and dgpu2 where there is a second one, to the slots of the other GPUs.
find_gpus () {
    local function class slots=()
    for function in "$devices"/*; do
        read -r class < "$function/class"
        [[ $class != 0x03* || $function == *"$igpu"* ]] || slots+=("${function##*/}")
    done
    dgpu=${slots[0]-}
    dgpu=${dgpu%.*}
    dgpu2=${slots[1]-}
    dgpu2=${dgpu2%.*}
}
find_gpus

# Sets driver to that of one function, or to none. It is asked for often: a process takes its time here.
find_driver () {
    driver=none
    if cd -P "$devices/$1/driver" 2> /dev/null; then
        driver=${PWD##*/}
        cd "$OLDPWD" || return
    fi
}

driver_of () {
    local driver
    find_driver "$1"
    echo "$driver"
}

# The drivers of all functions of a slot, in order.
drivers_of () {
    local function driver drivers=()
    for function in "$devices/$1".*; do
        find_driver "${function##*/}"
        drivers+=("$driver")
    done
    echo "${drivers[*]}"
}

# The drivers of a slot that is home.
home_of () {
    echo "${homes[$1]-$gpu_drivers}"
}

is_home () {
    [ "$(drivers_of "$1")" = "$(home_of "$1")" ]
}

is_lent () {
    [ "$(drivers_of "$1")" = "vfio-pci vfio-pci" ]
}

group_of () {
    local folder
    folder=$(cd -P "$devices/$1/iommu_group" 2> /dev/null && pwd) || folder=none
    echo "${folder##*/}"
}

# The addresses that share an IOMMU group with a function.
group_members () {
    local member members=()
    for member in "$devices/$1"/iommu_group/devices/*; do
        members+=("${member##*/}")
    done
    echo "${members[*]}"
}

# What must be the same after a return: the memory-enable bit and the base addresses of each function.
registers_of () {
    local function words
    for function in "$devices/$1".*; do
        read -r -d '' -a words < <(od -An -v -tx4 -N52 "$function/config") || :
        echo "${function##*/} memory=$(((0x${words[1]} >> 1) & 1))" \
            "bases=${words[*]:4:6} rom=${words[12]}"
    done
}

# The DRM node of a slot's display: /dev/dri/card1.
drm_node () {
    local node
    for node in "$devices/$1".0/drm/card*; do
        [ ! -e "$node" ] || echo "/dev/dri/${node##*/}"
    done
}

# Where a slot's sound card plays: /dev/snd/pcmC0D0p.
playback_node () {
    local node
    for node in "$devices/$1".1/sound/card*/pcm*p; do
        [ ! -e "$node" ] || echo "/dev/snd/${node##*/}"
    done
}

# Whether anna, an ordinary user, can open the card's DRM node.
anna_can_open () {
    as_anna "exec 3<> '$1'"
}

as_anna () {
    setpriv --reuid=anna --regid=anna --init-groups bash -c "$1"
}

# Whether the kernel lists a sound card at a function.
sound_is_listed () {
    local card
    for card in "$devices/$1"/sound/card*; do
        [ -e "$card" ] || return 1
        grep -q "^ *${card##*card} \[" /proc/asound/cards || return 1
    done
}

# To vfio-pci by bare writes, in the order that the kernel wants.
lend_by_hand () {
    local slot=$1 function
    modprobe vfio-pci
    for function in "$devices/$slot".*; do
        echo vfio-pci > "$function/driver_override"
    done
    unbind_by_hand "$slot"
    for function in "$devices/$slot".*; do
        echo "${function##*/}" > /sys/bus/pci/drivers/vfio-pci/bind
    done
}

# From vfio-pci to the host's drivers.
return_by_hand () {
    local slot=$1 function drivers driver=0
    read -r -a drivers <<< "$(home_of "$slot")"
    unbind_by_hand "$slot"
    for function in "$devices/$slot".*; do
        echo "${drivers[driver]}" > "$function/driver_override"
        echo "${function##*/}" > "/sys/bus/pci/drivers/${drivers[driver]}/bind"
        echo > "$function/driver_override"
        driver=$((driver + 1))
    done
}

# The companions first, then the display.
unbind_by_hand () {
    local functions=("$devices/$1".*) i
    for ((i = ${#functions[@]} - 1; i >= 0; i--)); do
        [ ! -e "${functions[i]}/driver" ] ||
            echo "${functions[i]##*/}" > "${functions[i]}/driver/unbind"
    done
}

# hide_vfio_module: a kernel without vfio-pci, until the scenario has ended.
hide_vfio_module () {
    modinfo -n vfio-pci > "$vfio_aside.place"
    modprobe -r vfio-pci
    mv "$(cat "$vfio_aside.place")" "$vfio_aside"
    depmod
}

put_vfio_module_back () {
    [ -e "$vfio_aside" ] || return 0
    mv "$vfio_aside" "$(cat "$vfio_aside.place")"
    depmod
}

# The last resort for a card that lost its registers: it is enumerated anew.
enumerate_anew () {
    local slot=$1 function
    for function in "$devices/$slot".*; do
        echo 1 > "$function/remove"
    done
    echo 1 > /sys/bus/pci/rescan
    within 10 is_home "$slot"
}
