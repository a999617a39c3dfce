# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shapes: systemd
# deadline: 400
# needs: virtflow
# The whole cycle as it is installed: systemd starts VirtFlow and libvirt from their own units, AppArmor
# confines libvirtd and QEMU by Debian's profiles, and each of them ends at bad moments.
. /lab/lib/cycle.sh
. /lab/lib/fault.sh
. /lab/lib/units.sh

step () {
    setpriv --reuid=virtflow --regid=virtflow --clear-groups /lab/programs/helper-step "$@" 2>&1
}

# What a step could change: drivers, overrides, registers, and the modes of nodes.
everything () {
    local function
    for function in "$devices"/*; do
        echo "${function##*/} $(driver_of "${function##*/}") $(cat "$function"/{driver_override,enable,power/control})"
    done
    stat -c '%n %a' /dev/dri/* /dev/snd/* /dev/vd*
}

# rejects REASON WHAT STEP...: by the worker, who has the right to do it.
rejects () {
    local reason=$1 what=$2 before after answer status=0
    shift 2
    before=$(everything)
    answer=$(step /run/virtflow-helpers/worker "$@") || status=$?
    after=$(everything)
    if [ "$status" = 1 ] && [[ $answer == "$reason: "* ]] && [ "$before" = "$after" ]; then
        ok "the worker refuses $what ($reason)"
    else
        printf '%s\n' "status $status: $answer"
        diff <(echo "$before") <(echo "$after") || :
        not_ok "the worker refuses $what ($reason)"
    fi
}

ids_of () {
    local vendor device
    read -r vendor < "$devices/$1/vendor"
    read -r device < "$devices/$1/device"
    echo "${vendor#0x}:${device#0x}"
}

# The address of the first function of a class: 0x02 is a network card, 0x01 a disk controller.
first_of_class () {
    local function class
    for function in "$devices"/*; do
        read -r class < "$function/class"
        [[ $class != $1* ]] || { echo "${function##*/}"; return; }
    done
}

# Whoever has taken over the daemon has its user, and nothing else.
as_the_daemon () {
    local what address
    declare -A strangers=(["a network card"]=$(first_of_class 0x02)
        ["a disk controller"]=$(first_of_class 0x01))
    for what in "${!strangers[@]}"; do
        address=${strangers[$what]}
        rejects not-a-gpu "an override of $what" override "$address" "$(ids_of "$address")" vfio-pci
        rejects not-a-gpu "to unbind $what" unbind "$address" "$(ids_of "$address")" \
            "$(driver_of "$address")"
        rejects not-a-gpu "to bind $what" bind "$address" "$(ids_of "$address")" vfio-pci
        rejects not-a-gpu "the power of $what" power-control "$address" "$(ids_of "$address")" auto
    done
    rejects host-display "an override of the host's display" override "$igpu.0" \
        "$(ids_of "$igpu.0")" vfio-pci
    rejects host-display "to unbind the host's display" unbind "$igpu.0" "$(ids_of "$igpu.0")" bochs-drm
    rejects host-display "to fence the host's display" fence "$igpu.0" "$(ids_of "$igpu.0")" ""
    rejects step-rejected "an override that names another driver" override "$dgpu.0" \
        "$(ids_of "$dgpu.0")" pci-stub
    rejects identity-changed "a card with other ids" override "$dgpu.0" 10de:2684 vfio-pci
    rejects internal "a driver that is a path" bind "$dgpu.0" "$(ids_of "$dgpu.0")" ../../vfio-pci
    rejects invalid-address "an address that is a path" override ../../etc "$(ids_of "$dgpu.0")" vfio-pci
    rejects internal "a step of no kind" remove "$dgpu.0" "$(ids_of "$dgpu.0")" 1
    fails "a packet that is no step ends the worker" "no answer" step /run/virtflow-helpers/worker x
    fails "no module but its own is loaded" "^[a-z-]*: " step /run/virtflow-helpers/modules \
        load-module "$dgpu.0" "$(ids_of "$dgpu.0")" pcspkr
    fails "an ordinary user does not reach the worker" "Permission denied" as_anna \
        "/lab/programs/helper-step /run/virtflow-helpers/worker x"
    is "$(systemctl list-units --failed --no-legend 'virtflow-*.socket')" "" "the sockets live on"
}

confined () {
    is "$(profile_of "$(unit_pid libvirtd)")" "libvirtd (enforce)" "AppArmor confines libvirtd"
    virsh -q start desk
    running_with_gpu desk "confined"
    like "$(profile_of "$(vm_pid desk)")" '^libvirt-[0-9a-f-]+ \(enforce\)$' "and QEMU"
    succeeds "the hook reached the daemon" within 20 virtflow_state_is in-use
}

# With that run: everything is restarted under it, as an upgrade does.
restarted_under_vm () {
    local daemon
    daemon=$(unit_pid virtflowd)
    succeeds "systemctl restart virtflowd" systemctl restart virtflowd
    succeeds "the next daemon knows of the VM" within 20 virtflow_state_is in-use
    is "$([ "$(unit_pid virtflowd)" != "$daemon" ] && echo another)" another "it is another process"
    succeeds "systemctl restart libvirtd" systemctl restart libvirtd
    is "$(vm_state desk)" running "the VM runs on"
    guest_sees_gpu desk "with its GPU"
    virsh -q shutdown desk
    succeeds "the guest powers off" within 60 vm_is_off desk
    home_again "shut down"
}

# The daemon is killed during a run, and whoever speaks first brings the next one.
daemon_killed () {
    local daemon
    virsh -q start desk
    running_with_gpu desk "the next run"
    daemon=$(unit_pid virtflowd)
    kill_unit virtflowd
    virsh -q destroy desk
    succeeds "the daemon is started again" within 20 virtflow_is_another "$daemon"
    home_again "the daemon was killed, and the VM destroyed meanwhile"
}

# Nobody runs, and the hook brings the daemon; or cannot.
hook_alone () {
    systemctl stop virtflowd
    configuration_is_broken
    fails "without a daemon that can be started no VM gets the GPU" \
        "VirtFlow: .*desk.*does not start without the daemon" virsh -q start desk
    is "$(vm_state desk), $(drivers_of "$dgpu")" "shut off, $gpu_drivers" "and nothing is done"
    configuration_is_whole
    # The bus waits 10 s here for a service that it has asked systemd for, and does not ask again meanwhile.
    systemctl reset-failed virtflowd
    systemctl start virtflowd
    systemctl stop virtflowd
    succeeds "the hook has the daemon started by the bus" virsh -q start desk
    running_with_gpu desk "started by the hook"
    succeeds "and QEMU is watched" within 20 virtflow_state_is in-use
    configuration_is_broken
    systemctl stop virtflowd
    kill_qemu desk
    succeeds "QEMU is killed, and no daemon can be started" within 60 vm_is_off desk
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "the card stays on vfio-pci"
    configuration_is_whole
    systemctl reset-failed virtflowd
    systemctl start virtflowd
    home_again "the release that nobody heard is made good"
}

# What the bus lets through and for what GDBus ends its connection: it counts what an empty array could
# hold. From an ordinary user.
nested_too_deep () {
    local depth
    for depth in {58..62}; do
        as_anna "busctl call org.virtflow.VirtFlow1 /org/virtflow/VirtFlow1/gpu/${dgpu//[:.]/_} \
            org.virtflow.VirtFlow1.Gpu Switch 'sa{sv}' vfio 1 x $(printf 'v %.0s' $(seq "$depth")) \
            'a{sv}' 0" > /dev/null 2>&1 || :
    done
}

# A GPU that was lent by hand, and the bus ends under the daemon.
bus_restarted () {
    local daemon
    virtflow lend "$dgpu.0"
    daemon=$(unit_pid virtflowd)
    nested_too_deep
    succeeds "a message ended the daemon's connection: systemd starts it again" within 60 \
        virtflow_is_another "$daemon"
    succeeds "and it keeps the lease" within 20 virtflow_state_is lent
    daemon=$(unit_pid virtflowd)
    kill_unit dbus
    succeeds "the bus was killed: systemd starts the daemon again" within 60 \
        virtflow_is_another "$daemon"
    succeeds "and the lease is kept" within 20 virtflow_state_is lent
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "so is the card"
    succeeds "it can be returned" virtflow return "$dgpu.0"
    home_again "after the restart of the bus"
}

hanging_place="the function snd_card_free"

# A daemon that has just started has to look for the worker of the one before it.
status_has_place () {
    virtflow status > /run/lab/answer && grep -q 'stands in the kernel' /run/lab/answer
}

# A sound server that never lets go: the unbind waits for it in the kernel, and no signal ends that.
worker_wedged () {
    local holder worker started step card command
    mkdir -p "${virtflow_dropin%/*}"
    # systemd takes a second or two to start a worker here, and a step waits for its worker.
    printf '%s\n' '[policy]' step-deadline=6000 sound-server-grace=100 > "$virtflow_dropin"
    systemctl restart virtflowd
    cp /usr/bin/sleep /run/lab/pipewire
    card=$(sound_card_of "$dgpu.1")
    /run/lab/pipewire infinity < "/dev/snd/controlC$card" &
    holder=$!
    step="unbind $dgpu.1 from snd_hda_intel"
    fails_with 11 wedged "an unbind that hangs is given up" virtflow lend "$dgpu.0"
    wedge_is_told "it says which step hangs, for which program it waits, where, and what to do" "$step" \
        "$hanging_place" "pipewire (pid $holder, user root, unit lab.service) has /dev/snd/controlC$card open, \
and the driver may wait for that: close that program or log out of that session."
    is "$(virtflow_state)" wedged "the card is wedged"
    worker=$(running_worker)
    kill -KILL "$worker"
    is "$(cut -d' ' -f3 "/proc/$worker/stat")" D "no signal ends the worker"
    started=${EPOCHREALTIME/./}
    succeeds "the daemon is restarted all the same" systemctl restart virtflowd
    succeeds "in less than 5 s" test "$(milliseconds_since "$started")" -lt 5000
    is "$(virtflow_state)" wedged "the next one knows"
    started=${EPOCHREALTIME/./}
    succeeds "and answers" virtflow status
    succeeds "at once" test "$(milliseconds_since "$started")" -lt 5000
    within 10 status_has_place || :
    wedge_is_told "and says which step hangs, where, and what to do" "$step" "$hanging_place"
    for command in log "setup --dry-run"; do
        # shellcheck disable=SC2086 # the words of a command
        succeeds "virtflow $command goes on" answers_within 10 virtflow $command
    done
    kill "$holder"
    succeeds "the kernel lets go, and the worker ends" within 20 process_is_gone "$worker"
    virtflow recover || :
    home_again "recovered from the hang"
}

sound_card_of () {
    local card
    for card in "$devices/$1"/sound/card*; do
        echo "${card##*card}"
    done
}

systemctl start apparmor
systemctl start libvirtd
define_vm desk answers
reach_fixed_point desk
remember_host
systemctl start virtflowd # and with it the sockets of its helpers
as_the_daemon
succeeds "activated" virtflow activate desk "$dgpu.0" --yes
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "activated: the card is lent"
confined
restarted_under_vm
daemon_killed
hook_alone
succeeds "deactivated" virtflow deactivate desk
domain_text desk > /run/lab/desk.after
succeeds "deactivated: the VM is as it was" diff -u /run/lab/desk.fixed /run/lab/desk.after
bus_restarted
worker_wedged
is "$(systemctl list-units --failed --no-legend)" "" "no unit has failed"
