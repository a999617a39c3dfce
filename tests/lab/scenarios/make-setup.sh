# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: new-host
# only when named
# deadline: 300
# needs: packages
# "make setup" in a clone on a new host, with the packages already built: it installs them, shows what the
# host lacks, asks once, puts that right and ends with the doctor's list.
. /lab/lib/cycle.sh
. /lab/lib/units.sh
. /lab/lib/listing.sh

# make_setup ANSWER: as somebody who reads it on a terminal and has an answer to one question.
make_setup () {
    TERM=dumb script -qec "make --directory=/lab/clone --old-file=deb setup" /dev/null \
        <<< "$1" > /run/lab/said || cat /run/lab/said
}

# said PATTERN...: the lines that it printed are there, in this order.
said () {
    local line=0 found
    for pattern; do
        found=$(tail -n +$((line + 1)) /run/lab/said | grep -anm 1 -e "$pattern" | cut -d: -f1)
        [ -n "$found" ] || { echo "# not said, or earlier: $pattern"; return 1; }
        line=$((line + found))
    done
}

iommu_words () {
    sed -n 's/^GRUB_CMDLINE_LINUX_DEFAULT=//p' /etc/default/grub
}

case $life in
    1)
        # Libvirt makes folders of its own in /etc, and has done so when it answers.
        systemctl start libvirtd
        virsh -q list > /dev/null
        systemctl stop libvirtd libvirtd{,-ro,-admin}.socket
        whole_host > /disk/host.before
        systemctl start libvirtd
        words=$(iommu_words)
        make_setup n
        succeeds "installed, and set up no further when the answer is no" virtflow --version
        is "$(iommu_words)" "$words" "the kernel's words are as they were"
        make_setup y
        succeeds "it installs, shows, asks, tells what comes next, and ends with the doctor's list" \
            said '^To take it away again: sudo apt purge' '^virtflow setup' 'intel_iommu=on iommu=pt' \
            'Continue? .y/N.' '^Restart the host now' '^virtflow doctor' 'FAILED.* iommu '
        is "$(iommu_words)" '"quiet intel_iommu=on iommu=pt"' "the kernel's words are put right"
        shut_down reboot 60
        ;;
    2)
        systemctl start libvirtd
        make_setup ''
        succeeds "nothing is left to do" said '^Nothing is missing that set-up could put right' \
            '^virtflow doctor'
        remember_host
        succeeds "the GPU can be lent" virtflow lend "$dgpu.0"
        succeeds "and returned" virtflow return "$dgpu.0"
        home_again "returned"
        succeeds "set-up is taken back" virtflow setup --undo --yes
        succeeds "what it said takes it away" bash -c "$(sed -n 's/\r$//; s/^To take it away again: sudo //p' \
            /run/lab/said | sed 's/apt purge/apt-get --quiet --yes purge/')"
        systemctl stop libvirtd libvirtd{,-ro,-admin}.socket
        whole_host > /run/lab/host.now
        succeeds "nothing of it stays" diff /disk/host.before /run/lab/host.now
        ;;
esac
