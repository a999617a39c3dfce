# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 400
# What scripts and people get from each command: JSON with the keys that stay, a --dry-run that
# touches nothing, the question on a terminal, and who may not.
. /lab/lib/cycle.sh
. /lab/lib/refusal.sh

json_has () {
    /lab/programs/json-has "$@"
}

# The members of a GPU, a VM, a plan and a function in any answer, below $1.
gpu_members () {
    printf "$1.%s\n" address name state host_display claimant blockers \
        functions.{0,1}.{address,kind,ids,name,driver,iommu_group}
}

vm_members () {
    printf "$1.%s\n" name uuid state persistent autostart managed_save gpu
}

plan_members () {
    printf "$1.%s\n" target steps.0.{kind,address,ids,value,text}
}

# answers WHAT COMMAND... -- MEMBER...
answers () {
    local what=$1 command=() output status=0
    shift
    while [ "$1" != -- ]; do
        command+=("$1")
        shift
    done
    shift
    "${command[@]}" --json > /run/lab/answer 2> /run/lab/talk || status=$?
    if [ "$status" = 0 ] && output=$(json_has /run/lab/answer version=1 "$@" 2>&1); then
        ok "$what"
    else
        printf '%s\n' "exit status $status of: ${command[*]}" "${output-}"
        cat /run/lab/answer /run/lab/talk
        not_ok "$what"
    fi
}

# untouched WHAT COMMAND...
untouched () {
    local what=$1 before after
    shift
    before=$(all_that_may_change)
    "$@"
    after=$(all_that_may_change)
    is "$after" "$before" "$what: nothing is touched"
}

# on_a_terminal ANSWER COMMAND...: somebody sits there and types that; the exit status of the command.
on_a_terminal () {
    local answer=$1
    shift
    SHELL=/bin/bash script -qec "$*" /dev/null <<< "$answer" > /run/lab/terminal 2>&1
}

# otto may use libvirt, and polkit allows him nothing of VirtFlow.
as_vm_user () {
    as_user otto "$@"
}

reading () {
    mapfile -t gpu < <(gpu_members gpus.1)
    mapfile -t vm < <(vm_members vms.0)
    answers "status" virtflow status -- daemon.version daemon.blockers libvirt=true \
        gpus.1.address="$dgpu.0" "${gpu[@]}" "${vm[@]}"
    answers "gpus" virtflow gpus -- gpus.0.host_display=true gpus.1.state=host "${gpu[@]}"
    answers "vms" virtflow vms -- vms.0.name=desk vms.0.state=shut-off vms.0.gpu=null "${vm[@]}"
    mapfile -t vm < <(vm_members vm)
    mapfile -t gpu < <(gpu_members gpu)
    answers "show of a VM" virtflow show desk -- vm.name=desk vm.processors vm.memory_kib vm.disks \
        vm.interfaces vm.displays vm.agent_channel vm.inputs vm.guest=null "${vm[@]}"
    answers "show of a GPU" virtflow show "$dgpu.0" -- gpu.address="$dgpu.0" "${gpu[@]}" \
        gpu.power gpu.reset_methods gpu.identity gpu.holders
}

by_hand () {
    mapfile -t plan < <(plan_members plan)
    untouched "lend --dry-run" answers "lend --dry-run" virtflow lend "$dgpu.0" --dry-run -- \
        gpu="$dgpu.0" plan.target=vfio blockers "${plan[@]}"
    answers "lend" virtflow lend "$dgpu.0" -- gpu.state=lent gpu.claimant.kind gpu.claimant.id \
        gpu.claimant.label gpu.functions.0.driver=vfio-pci "${gpu[@]}"
    untouched "return --dry-run" answers "return --dry-run" virtflow return "$dgpu.0" --dry-run -- \
        gpu="$dgpu.0" plan.target=host blockers "${plan[@]}"
    answers "return" virtflow return "$dgpu.0" -- gpu.state=host gpu.claimant=null "${gpu[@]}"
    home_again "lent and returned"
}

the_vm () {
    untouched "activate --dry-run" answers "activate --dry-run" virtflow activate desk "$dgpu.0" \
        --dry-run -- vm=desk gpu="$dgpu.0" profile=monitor on_start=false stops_vm=false inputs \
        blockers diff "${plan[@]}"
    answers "activate" virtflow activate desk "$dgpu.0" --yes -- vm.name=desk \
        vm.gpu.address="$dgpu.0" vm.gpu.profile=monitor vm.gpu.on_start=false vm.gpu.pending=false \
        vm.gpu.present=true "${vm[@]}"
    answers "start" virtflow start desk -- vm.name=desk vm.state=running "${vm[@]}"
    running_with_gpu desk "started"
    untouched "deactivate --dry-run" answers "deactivate --dry-run" virtflow deactivate desk \
        --dry-run -- vms.0.name=desk vms.0.gpu="$dgpu.0" vms.0.stops_vm=true vms.0.plan \
        vms.0.blockers vms.0.diff
    answers "stop" virtflow stop desk -- vm.state=shut-off gpu.state=host "${vm[@]}" "${gpu[@]}"
    answers "deactivate" virtflow deactivate desk -- vms.0.name=desk vms.0.gpu="$dgpu.0"
    home_again "deactivated"
}

# Everything that happens, a line each.
followed () {
    local watch
    virtflow watch --json > /run/lab/events 2> /run/lab/talk &
    watch=$!
    within 20 grep -q '"vm".*desk' /run/lab/events
    virtflow lend "$dgpu.0"
    virtflow return "$dgpu.0"
    virsh -q start desk
    virsh -q destroy desk
    virsh -q define <(vm_xml passing answers) > /dev/null
    virsh -q undefine passing
    succeeds "watch: tells of a VM that is gone" within 20 \
        grep -q '"event":"vm-removed"' /run/lab/events
    kill "$watch"
    succeeds "watch: each line is JSON" json_has --lines /run/lab/events version=1 event
    event_has gpu "${gpu[@]}"
    event_has step address index steps text status
    event_has vm vm.name vm.uuid vm.state
    event_has vm-removed name
    is "$(grep -o '"state":"[a-z]*","host_display":false' /run/lab/events | cut -d'"' -f4 | uniq |
        paste -sd' ')" "host lending lent returning host" "watch: the way of the GPU and back"
}

# event_has EVENT MEMBER...: of the GPU that is lent, where it is about one.
event_has () {
    local event=$1
    shift
    grep "\"event\":\"$event\"" /run/lab/events | grep -v "\"address\":\"$igpu.0\"" \
        > /run/lab/answer || :
    succeeds "watch: the keys of $event" json_has --lines /run/lab/answer "$@"
}

asked () {
    virsh -q start desk
    succeeds "the guest comes up" within 30 guest_is_up desk
    untouched "the question was answered with no" fails "no: it says so" "Nothing was done" \
        says_on_terminal n virtflow activate desk "$dgpu.0"
    untouched "the question was answered with the return key" fails "nothing: it says so" \
        "Nothing was done" says_on_terminal "" virtflow activate desk "$dgpu.0"
    succeeds "yes: the VM is shut down and gets the GPU" \
        on_a_terminal y virtflow activate desk "$dgpu.0"
    like "$(cat /run/lab/terminal)" "desk runs and will be shut down.*\[y/N\]" \
        "the question says what will happen"
    is "$(vm_state desk)" "shut off" "yes: the VM is off"
    is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "yes: its GPU is lent"
}

says_on_terminal () {
    local status=0
    on_a_terminal "$@" || status=$?
    cat /run/lab/terminal
    return "$status"
}

# With the VM activated, and off.
may_not () {
    succeeds "otto may use libvirt" as_vm_user virsh -q -c qemu:///system list
    refused 5 not-authorized as_vm_user virtflow deactivate desk --yes
    refused 5 not-authorized as_vm_user virtflow return "$dgpu.0"
    stop_virtflow
    refused 13 no-daemon virtflow deactivate desk --yes
    start_virtflow
    answers "deactivate --all" virtflow deactivate --all -- vms.0.name=desk vms.0.gpu="$dgpu.0"
    home_again "deactivate --all"
    answers "deactivate --all once more" virtflow deactivate --all -- 'vms=[]'
    refused 5 not-authorized as_vm_user virtflow activate desk "$dgpu.0" --yes
    stop_virtflow
    refused 13 no-daemon virtflow activate desk "$dgpu.0" --yes
    start_virtflow
    virsh -q start desk
    succeeds "the guest comes up again" within 30 guest_is_up desk
    refused 5 not-authorized as_vm_user virtflow activate desk "$dgpu.0" --yes
    vm_is_off desk || virsh -q destroy desk
}

define_vm desk answers
reach_fixed_point desk
remember_host
reading
by_hand
the_vm
followed
asked
may_not
domain_text desk > /run/lab/desk.after
succeeds "the VM is as it was" diff -u /run/lab/desk.fixed /run/lab/desk.after
home_again "at the end"
