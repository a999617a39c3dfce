# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: new-host
# only when named
# deadline: 400
# needs: packages
# The way of a person who has heard of VirtFlow today: its packages are installed on a host without it
# whose kernel does not use the IOMMU; the doctor names what is missing, set-up puts it right,
# the host restarts; VMs get the GPU; the packages are upgraded under a GPU that is lent and removed; and
# then the host is what it was.
. /lab/lib/cycle.sh
. /lab/lib/units.sh
. /lab/lib/listing.sh

apt () {
    apt-get --quiet --yes --no-install-recommends "$@" < /dev/null
}

# doctor_says VERDICT [WHO]: the checks that have it, as root or as somebody else.
doctor_says () {
    "${2:-eval}" "virtflow doctor --color=never" 2>&1 | sed -n "s/^$1 *\([a-z-]*\) .*/\1/p" | tr '\n' ' '
}

version_of () {
    dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>&1
}

is_not_there () {
    is "$(ls -d /usr/bin/virtflow* /usr/libexec/virtflow* /etc/libvirt/hooks/qemu.d/*virtflow* 2> /dev/null)" \
        "" "$1"
}

installed () {
    is_not_there "VirtFlow is not there"
    is "$(ls /sys/kernel/iommu_groups)" "" "nor an IOMMU that is on"
    # Libvirt makes folders of its own in /etc, and has done so when it answers.
    systemctl start libvirtd
    virsh -q list > /dev/null
    systemctl stop libvirtd libvirtd{,-ro,-admin}.socket
    whole_host > /disk/host.before
    succeeds "one command installs it" apt install /lab/packages/*.deb
    is "$(id -un virtflow)" virtflow "the daemon has its user"
    succeeds "no unit has failed" test -z "$(systemctl list-units --failed --no-legend)"
    systemctl start libvirtd
    is "$(doctor_says FAILED)" "kvm iommu " "the doctor names what is missing"
    is "$(doctor_says FAILED as_anna)" "kvm iommu libvirt " "and that anna may not use libvirt"
    fails "no GPU can be lent yet" "IOMMU" virtflow lend "$dgpu.0"
}

set_up () {
    etc > /disk/etc.before
    polkit_rule_says YES anna
    as_anna "virtflow setup --yes" > /run/lab/setup 2>&1 || cat /run/lab/setup
    succeeds "she is told to restart the host" grep -q 'Restart the host now' /run/lab/setup
    like "$(cat /etc/default/grub)" 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on iommu=pt"' \
        "the words are in GRUB's settings"
    polkit_rule_is_gone anna
}

cycle () {
    define_vm desk answers
    reach_fixed_point desk
    remember_host
    succeeds "a VM is activated" virtflow activate desk "$dgpu.0" --yes
    virsh -q start desk
    running_with_gpu desk "started"
    virtflow stop desk > /dev/null
    home_again "stopped"
    virsh -q start desk
    running_with_gpu desk "started once more"
    kill_qemu desk
    home_again "killed"
}

# An upgrade starts the daemon anew; what is lent is in its journal.
upgraded_while_lent () {
    virtflow lend "$dgpu.0" > /dev/null
    succeeds "an upgrade with a lent GPU" apt install /lab/next/*.deb
    like "$(version_of virtflow-daemon)" '^installed .*\+next$' "the next version is there"
    succeeds "the GPU is lent as before" within 20 virtflow_state_is lent
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "and on vfio-pci"
    succeeds "it can be returned" virtflow return "$dgpu.0"
    home_again "returned after the upgrade"
}

reinstalled_while_in_use () {
    virsh -q start desk
    running_with_gpu desk "upgraded"
    succeeds "the packages are changed while the VM runs" apt install --allow-downgrades /lab/packages/*.deb
    is "$(vm_state desk)" running "the VM runs on"
    guest_sees_gpu desk "with its GPU"
    virsh -q shutdown desk
    succeeds "the guest powers off" within 60 vm_is_off desk
    home_again "shut down after that"
}

removed () {
    fails "no removal while a VM is activated, which is named" 'virtflow deactivate --all' \
        apt remove virtflow-daemon
    like "$(apt remove virtflow-daemon 2>&1)" 'start no more: desk\.' "it is desk"
    succeeds "all VMs are deactivated" virtflow deactivate --all --yes
    domain_text desk > /run/lab/desk.after
    succeeds "the VM is as it was" diff -u /run/lab/desk.fixed /run/lab/desk.after
    undefine_vm desk
    fails "no removal while the host is set up" 'virtflow setup --undo' apt remove virtflow-daemon
    succeeds "set-up is taken back" virtflow setup --undo --yes
    etc > /run/lab/etc.now
    succeeds "/etc is as it was before set-up" diff /disk/etc.before /run/lab/etc.now
    virtflow lend "$dgpu.0" > /dev/null
    succeeds "a removal with a lent GPU" apt remove virtflow virtflow-daemon virtflow-gtk
    is "$(drivers_of "$dgpu")" "$gpu_drivers" "brings it home first"
    is "$(registers_of "$dgpu")" "$host_registers" "in health"
    is_not_there "the programs are gone"
    succeeds "a purge" apt purge virtflow virtflow-daemon virtflow-gtk
    fails "takes the daemon's user away" "no such user" id virtflow
    systemctl stop libvirtd libvirtd{,-ro,-admin}.socket
    whole_host > /run/lab/host.now
    succeeds "nothing of it stays" diff /disk/host.before /run/lab/host.now
    succeeds "no unit has failed" test -z "$(systemctl list-units --failed --no-legend)"
}

case $life in
    1)
        installed
        set_up
        shut_down reboot 60
        ;;
    2)
        like "$(cat /proc/cmdline)" 'intel_iommu=on iommu=pt' "the kernel has the words"
        systemctl start libvirtd
        is "$(doctor_says FAILED)" "kvm " "nothing is missing but what the emulation lacks"
        is "$(virtflow setup --dry-run 2>&1)" "Nothing is missing that set-up could put right." \
            "nothing more to set up"
        cycle
        upgraded_while_lent
        reinstalled_while_in_use
        removed
        ;;
esac
