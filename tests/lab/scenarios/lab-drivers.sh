# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deadline: 60
# The lab's own drivers: the faults that they promise, with bare writes. What is told of VirtFlow with
# them is worth what these are.
. /lab/lib/fault.sh

# write_in_background TEXT FILE: its process is writer.
write_in_background () {
    bash -c 'echo "$1" > "$2"' writer "$1" "$2" 2> /run/lab/writer &
    writer=$!
}

# Whether it waits in the kernel, and not even SIGKILL ends that.
cannot_be_killed () {
    within 10 waits_in_kernel && kill -KILL "$writer" && ! within 1 process_is_gone "$writer"
}

waits_in_kernel () {
    [[ $(cat "/proc/$writer/stat") == *') D '* ]]
}

function=$dgpu.0
for module in faultgpu nvidia nvidia_modeset nvidia_drm; do
    is "$(modinfo -F alias "/lab/kernel/$module.ko")" "" "$module: no device loads it"
done

put_on faultgpu "$dgpu"
begin_fault hang_remove
write_in_background "$function" "$devices/$function/driver/unbind"
succeeds "faultgpu: it hangs in remove, and its caller cannot be killed" cannot_be_killed
end_fault hang_remove
succeeds "faultgpu: until the fault ends" within 10 process_is_gone "$writer"
is "$(driver_of "$function")" none "faultgpu: then it has let go"
begin_fault refuse_times 1
fails "faultgpu: it refuses once" "Input/output error" \
    bash -c "echo $function > /sys/bus/pci/drivers/faultgpu/bind"
like "$(dmesg --level err | tail -n 1)" "faultgpu $function: the card's firmware does not answer" \
    "faultgpu: and the kernel says why"
echo "$function" > /sys/bus/pci/drivers/faultgpu/bind
is "$(driver_of "$function")" faultgpu "faultgpu: not twice"
before=$(times_seen config_reads)
lspci -s "$function" -xxx > /dev/null
succeeds "faultgpu: who reads its configuration is noticed" \
    test "$(times_seen config_reads)" -gt "$before"
leave_lab_drivers
homes=()
is "$(drivers_of "$dgpu")" "$gpu_drivers" "faultgpu: the host's driver has the card again"

put_on nvidia "$dgpu"
modprobe nvidia_drm
make_nvidia_nodes
is "$(stat -c '%t %T %a' /dev/nvidia0 /dev/nvidiactl | paste -sd' ')" "c3 0 666 c3 ff 666" \
    "nvidia: its nodes are those of the real one"
like "$(cat "/proc/driver/nvidia/gpus/$function/information")" "Device Minor:[[:space:]]+0" \
    "nvidia: it tells the minor number"
fails "nvidia: it cannot be unloaded under nvidia_drm" "in use by.*nvidia_modeset" rmmod nvidia
hold_open /dev/nvidia0
modprobe -r nvidia_drm 2> /dev/null || :
fails "nvidia: nor while its node is open" "in use" rmmod nvidia
write_in_background "$function" "$devices/$function/driver/unbind"
succeeds "nvidia: who unbinds it then cannot be killed" cannot_be_killed
like "$(dmesg | tail -n 3)" "NVRM: Attempting to remove device $function with non-zero usage count!" \
    "nvidia: and the kernel says why"
close_held
succeeds "nvidia: until the node is closed" within 10 process_is_gone "$writer"
succeeds "nvidia: then it can be unloaded" rmmod nvidia
leave_lab_drivers
homes=()
echo "$function" > /sys/bus/pci/drivers_probe
is "$(drivers_of "$dgpu")" "$gpu_drivers" "nvidia: the host's driver has the card again"
