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
mentioned=/disk/mentioned # what the guide only mentions in a sentence, and was typed

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

# The calls of programs that stand in its sentences.
calls_in_sentences () {
    awk -v only_sentences=1 -f /lab/lib/code-of-document.awk "$guide" |
        grep -E '^(sudo|make|virtflow|virsh|virt-install|apt) ' | sort -u
}

# What the guide calls in sentences and nobody has typed above, with more words or without.
calls_left_out () {
    local call
    calls_in_sentences | while read -r call; do
        case $call in
            # The scenario make-setup; and tools/check-long, in a clone.
            "make setup" | "make install" | *"make uninstall") continue ;;
        esac
        awk -v call="$call" 'index ($0 " ", call " ") == 1 { found = 1 } END { exit !found }' \
            "$followed" "$mentioned" || echo "$call"
    done
}

# types COMMAND: anna, on a terminal.
types () {
    as_anna "HOME=/tmp script -qec \"$1\" /dev/null" <<< y
}

# typed LINE [INSTEAD]: the line of the guide works, as it stands or with what stands for it here.
typed () {
    succeeds "$1" types "${2-$1}"
}

# also CALL [INSTEAD]: what the guide mentions works too.
also () {
    echo "$1" >> "$mentioned"
    typed "$@"
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
            is_installed "$word" || echo "$word"
    done
}

is_installed () {
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

# What this host does not have of itself: the user that swtpm's installation makes, a network without the
# programs that would give it addresses, and room for 8 GiB of memory and 80 GiB of disk, of which little is
# touched.
ready_for_a_large_vm () {
    useradd --system tss
    install -d -o tss -g tss -m 750 /var/lib/swtpm-localca
    mkdir -p /var/lib/libvirt/dnsmasq
    virsh -q net-define /dev/stdin <<< "<network><name>default</name><forward mode='open'/>
        <bridge name='virbr0'/><dns enable='no'/><ip address='192.168.122.1' prefix='24'/></network>"
    sysctl --quiet vm.overcommit_memory=1
    mount -t tmpfs -o size=100G,mode=711 none /var/lib/libvirt/images
}

# made LINE: virt-install makes the VM and waits until Windows shuts down, which has no medium here.
made () {
    also "sudo virsh net-start default" "virsh -c qemu:///system net-start default"
    also "sudo virsh net-autostart default" "virsh -c qemu:///system net-autostart default"
    types "$1" > /run/lab/virt-install 2>&1 &
    local maker=$!
    within 120 started_or_given_up win11 "$maker"
    vm_runs win11 || cat /run/lab/virt-install
    succeeds "$1" vm_runs win11
    domain_text win11 > /run/lab/win11.made
    succeeds "with a TPM" grep -q "<tpm model=" /run/lab/win11.made
    succeeds "and UEFI" grep -q "<os firmware='efi'>" /run/lab/win11.made
    virsh -q destroy win11
    within 60 process_is_gone "$maker" || cat /run/lab/virt-install
    ! vm_runs win11 || virsh -q destroy win11
    domain_text win11 > /run/lab/win11.made
}

started_or_given_up () {
    vm_runs "$1" || process_is_gone "$2"
}

vm_runs () {
    [ "$(vm_state "$1" 2> /dev/null)" = running ]
}

# The VM of the guide takes the GPU and gives it back; then a tiny guest stands for Windows.
replaced_by_a_tiny_guest () {
    succeeds "the VM is activated as it was made" types "virtflow activate win11"
    succeeds "and deactivated" types "virtflow deactivate win11"
    domain_text win11 > /run/lab/win11.after
    succeeds "it is as it was made" diff -u /run/lab/win11.made /run/lab/win11.after
    virsh -q undefine win11 --nvram --tpm
    define_vm win11 answers "<graphics type='vnc'/><video><model type='vga'/></video>"
    reach_fixed_point win11
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
        # The app of libvirt is not in the lab.
        "sudo apt install qemu"*) is "$(unknown_packages "$line")" virt-manager "$line" ;;
        # Both ways at once are one too many: tools/check-long does it elsewhere, and the test "install"
        # looks at what is installed.
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
            made "$line"
            replaced_by_a_tiny_guest
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
        also "virtflow test 01:00.0"
        typed "virtflow lend 01:00.0"
        also "virtflow return"
        home_again "tried without a VM"
        also "virtflow help compositor"
        also "virtflow help no-picture"
        also "virtflow report" "cd /tmp && virtflow report"
        ready_for_a_large_vm
        follow 6
        follow 7
        is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated"
        follow 8
        running_with_gpu win11 "started"
        types "virsh -c qemu:///system shutdown win11" > /dev/null
        home_again "shut down in the guest"
        also "virsh start" "virsh -c qemu:///system start win11"
        running_with_gpu win11 "started with libvirt's own command"
        also "virtflow stop win11"
        home_again "stopped"
        follow 9
        home_again "stopped once more"
        also "virtflow recover"
        follow 10
        fails "VirtFlow is gone" "not found" bash -c "virtflow --version"
        # Also a section that nobody follows above.
        sed -n 's/^## \([0-9]*\)\. .*/\1/p' "$guide" | while read -r section; do
            lines_of_section "$section"
        done > /run/lab/lines
        succeeds "each line of the guide was typed" diff /run/lab/lines "$followed"
        succeeds "and there are lines" test "$(wc -l < /run/lab/lines)" -gt 20
        is "$(calls_left_out)" "" "nor was a call left out that stands in a sentence"
        succeeds "and there are such" test "$(calls_in_sentences | wc -l)" -gt 15
        ;;
esac
