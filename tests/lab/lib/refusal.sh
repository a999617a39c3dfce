# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a refused command must give: its exit status, its reason and a sentence; and nothing changed.

# All that a command may change: the VMs' states and texts, VirtFlow's state, the functions and their
# nodes. A VM that was stopped and started again shows another number.
all_that_may_change () {
    local slot file node
    virsh -q list --all 2> /dev/null || echo "libvirt does not answer"
    for file in /etc/libvirt/qemu/*.xml /run/virtflow/gpu/* /var/lib/virtflow/pairings/*; do
        [ ! -e "$file" ] || md5sum "$file"
    done
    for slot in $dgpu $dgpu2; do
        echo "$slot $(drivers_of "$slot") $(cat "$devices/$slot".*/driver_override)"
        registers_of "$slot"
        for node in "$devices/$slot".*/{drm,sound}/card*; do
            stat -c '%n %a' "/dev/dri/${node##*/}" 2> /dev/null || :
        done
    done
}

# refused STATUS REASON COMMAND...
refused () {
    local wanted=$1 reason=$2 before after output status=0
    shift 2
    before=$(all_that_may_change)
    output=$("$@" --json 2> /run/lab/refusal) || status=$?
    after=$(all_that_may_change)
    output=$(tr -d ' \n' <<< "$output")
    if [ "$status" = "$wanted" ] && [[ $output == *"\"reason\":\"$reason\""* ]] &&
        grep -q '^virtflow: .*[.?]$' /run/lab/refusal && [ "$before" = "$after" ]; then
        ok "$reason ($wanted): $*"
    else
        printf '%s\n' "exit status $status instead of $wanted, or not $reason, or no sentence:" \
            "$output" "$(cat /run/lab/refusal)"
        diff <(echo "$before") <(echo "$after") || :
        not_ok "$reason ($wanted): $*"
    fi
}

as_user () {
    local user=$1
    shift
    setpriv --reuid="$user" --regid="$user" --init-groups "$@"
}
