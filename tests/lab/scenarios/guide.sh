# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: new-host
# only when named
# deadline: 400
# needs: packages
# anna, who has never heard of this, follows docs/guide.md on a new host: every line that it tells her to
# type is typed, in its order, on a terminal, and says yes when it asks. What the emulated host does not
# have is replaced here, and said.
. /lab/lib/cycle.sh
. /lab/lib/units.sh

guide=/lab/guide.md
followed=/disk/followed # the lines that were typed, or stand for what was done

# The lines to type of the section with this number; those that a backslash joins as one.
lines_of_section () {
    awk -v number="$1" '
        /^## / { inside = $2 == number "." }
        inside && /^    / {
            line = joined substr ($0, 5)
            joined = ""
            if (sub (/ *\\$/, " ", line)) {
                joined = line
                next
            }
            sub (/  +# .*/, "", line)
            gsub (/  +/, " ", line)
            print line
        }' "$guide"
}

# types COMMAND: anna, on a terminal.
types () {
    as_anna "script -qec \"$1\" /dev/null" <<< y
}

# typed LINE [INSTEAD]: the line of the guide works, as it stands or with what stands for it here.
typed () {
    succeeds "$1" types "${2-$1}"
}

# as_root LINE: what it does with sudo, of which the host has none.
as_root () {
    local command=${1#sudo }
    succeeds "$1" bash -c "$command" <<< y
}

# Nobody looks at it, so somebody has to end it.
watched () {
    as_anna "timeout 3 $1" || [ $? = 124 ]
}

# The doctor likes all but that there is no KVM in the emulator.
healthy () {
    types "$1" > /run/lab/doctor || :
    is "$(sed 's/\x1b\[[0-9;]*m//g' /run/lab/doctor | sed -n 's/^FAILED *\([a-z-]*\) .*/\1/p' |
        tr '\n' ' ')" "kvm " "$1"
}

# The keyboard or the mouse of the host, as udev names it.
input_device () {
    local device
    for device in /dev/input/by-id/*-event-"$1"; do
        echo "$device"
        return
    done
}

# Of a USB device that there is one of, as of the gamepad that somebody has.
usb_id () {
    local device
    for device in /sys/bus/usb/devices/*-*; do
        [ -e "$device/idVendor" ] || continue
        paste -d: "$device/idVendor" "$device/idProduct"
    done | sort | uniq -u
}

# What the guide has apt install by name: the host has it, or it comes with the packages of VirtFlow.
unknown_packages () {
    local word recommended
    recommended=$(dpkg-deb --field /lab/packages/virtflow-daemon_*.deb Recommends)
    for word in ${1#sudo apt install }; do
        [[ $word == ./* || ", $recommended," == *", $word,"* ]] ||
            dpkg-query --show "$word" > /dev/null 2>&1 || echo "$word"
    done
}

# A choice that the guide offers besides others: taken, and given back.
tried () {
    typed "$1" "$2"
    succeeds "given back, for the next choice" virtflow deactivate win11
}

follow_line () {
    local line=$1
    echo "$line" >> "$followed"
    case $line in
        "make deb") succeeds "$line, before" test -n "$(ls /lab/packages)" ;;
        "sudo apt install ./build"*)
            succeeds "$line" apt-get --quiet --yes install /lab/packages/*.deb ;;
        # The app of libvirt and what makes VMs in a terminal are not in the lab.
        "sudo apt install qemu"*) is "$(unknown_packages "$line")" $'virt-manager\nvirtinst' "$line" ;;
        # Both ways at once are one too many: what it installs is looked at by the test "install".
        "make build && sudo make install")
            succeeds "a choice that the guide calls one: $line" grep -q '^Choose one of the two ways' "$guide" ;;
        "sudo mv "*)
            mkdir -p ~/Downloads
            touch ~/Downloads/{Win11,virtio-win}.iso
            as_root "$line"
            succeeds "QEMU's user can read them there" setpriv --reuid=libvirt-qemu --regid=libvirt-qemu \
                --clear-groups cat /var/lib/libvirt/images/{Win11,virtio-win}.iso
            ;;
        "virtflow doctor"*) healthy "$line" ;;
        "virt-install "*)
            define_vm win11 answers "<graphics type='vnc'/><video><model type='vga'/></video>"
            ok "in the place of Windows, a tiny guest: $line"
            reach_fixed_point win11
            ;;
        "ls /dev/input/by-id") typed "$line" ;;
        *--evdev*) tried "$line" \
            "virtflow activate win11 --evdev $(input_device kbd) --evdev $(input_device mouse)" ;;
        lsusb) like "$(usb_id)" '^[0-9a-f]{4}:[0-9a-f]{4}$' "$line" ;;
        *--usb*) tried "$line" "virtflow activate win11 --usb $(usb_id)" ;;
        "virtflow deactivate win11")
            typed "$line"
            domain_text win11 > /run/lab/win11.after
            succeeds "the VM is as it was" diff -u /run/lab/win11.fixed /run/lab/win11.after
            ;;
        "virtflow watch") succeeds "$line" watched "$line" ;;
        sudo*) as_root "$line" ;;
        *) typed "$line" ;;
    esac
}

follow () {
    local line
    while IFS= read -r -u 8 line; do
        follow_line "$line"
    done 8< <(lines_of_section "$1")
}

case $life in
    1)
        follow 2
        systemctl start libvirtd
        polkit_rule_says YES anna # instead of her password
        follow 3
        shut_down reboot 60
        ;;
    2)
        systemctl start libvirtd
        follow 4
        remember_host
        follow 5
        home_again "tried without a VM"
        follow 6
        follow 7
        is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated"
        follow 8
        running_with_gpu win11 "started"
        types "virsh -c qemu:///system shutdown win11" > /dev/null
        home_again "shut down in the guest"
        follow 9
        home_again "stopped"
        follow 10
        fails "VirtFlow is gone" "not found" bash -c "virtflow --version"
        # Also a section that nobody follows above.
        sed -n 's/^## \([0-9]*\)\. .*/\1/p' "$guide" | while read -r section; do
            lines_of_section "$section"
        done > /run/lab/lines
        succeeds "each line of the guide was typed" diff /run/lab/lines "$followed"
        succeeds "and there are lines" test "$(wc -l < /run/lab/lines)" -gt 20
        ;;
esac
