# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# VirtFlow was installed while libvirtd ran, which therefore does not call its hook: the card comes
# home soon after QEMU's death all the same, and not before libvirt is done with it; and virtflow says
# what to reload.
. /lab/lib/cycle.sh

# libvirtd looks for hooks when it starts.
without_hook
stop_libvirt
start_libvirt
put_hook_back

remember_host
define_vm desk answers
virtflow activate desk "$dgpu.0" --yes

# started_unheard WHAT
started_unheard () {
    virsh -q start desk
    running_with_gpu desk "$1"
    succeeds "$1: VirtFlow sees the VM that nobody announced" within 10 virtflow_state_is in-use
}

# home_in_time WHAT: measured from now on, when QEMU has just ended.
home_in_time () {
    local ended=${EPOCHREALTIME/./} took
    within 30 is_home "$dgpu" || :
    took=$(milliseconds_since "$ended")
    printf '%s: home after %d ms\n' "$1" "$took"
    succeeds "$1: home within 5 s of QEMU's end" test "$took" -lt 5000
    home_again "$1"
}

lend_again () {
    virtflow lend "$dgpu.0" --vm desk > /dev/null 2>&1 || virtflow activate desk "$dgpu.0" --yes
}

started_unheard "killed"
like "$(virtflow status)" "systemctl reload libvirtd" "virtflow status says what to reload"
like "$(virtflow status --json)" '"hook-not-called"' "and so does its JSON"
fails "it is not returned under the VM" 'desk' virtflow return "$dgpu.0"
kill_qemu desk
home_in_time "killed"
