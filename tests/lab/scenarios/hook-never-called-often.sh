# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 900
# only when named
# Twenty VMs for which libvirt does not call the hook, killed and destroyed in turn: the card is well
# after each. Prints how long libvirt and the card took.
. /lab/lib/cycle.sh

without_hook
stop_libvirt
start_libvirt
put_hook_back
remember_host
define_vm desk answers

libvirt_is_done () {
    [ ! -e /run/libvirt/qemu/desk.xml ]
}

# ends COMMAND...: the VM is started, and ended by the command at once.
ends () {
    local ended done_after took
    virtflow activate desk "$dgpu.0" --yes > /dev/null
    virsh -q start desk
    ended=${EPOCHREALTIME/./}
    "$@"
    within 20 libvirt_is_done || :
    done_after=$(milliseconds_since "$ended")
    within 30 is_home "$dgpu" || :
    took=$(milliseconds_since "$ended")
    printf '%s: libvirt is done after %d ms, the card is home after %d ms\n' "$*" "$done_after" "$took"
    succeeds "$*: home within 5 s" test "$took" -lt 5000
    is "$(registers_of "$dgpu")" "$host_registers" "$*: base addresses and memory-enable are as before"
    virtflow deactivate desk > /dev/null
}

for _ in 1 2 3 4 5 6 7 8 9 10; do
    ends kill_qemu desk
    ends virsh -q destroy desk
done

# What follows finds a libvirt that calls the hook.
kill -HUP "$(service_pid libvirtd)"
