# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 400
# The main job by clicks alone: the app on a screen, with the real daemon, libvirt and kernel under it.
. /lab/lib/cycle.sh
. /lab/lib/app.sh

# What the desktop's agent would ask a password for, polkit's rule allows: there is no such agent.
otto_may
virtflow_with step-deadline=60000 # a picture is taken while a step waits
define_vm fedora leaves
define_vm win11 answers "<graphics type='spice'/><video><model type='qxl'/></video>
    <sound model='ich9'/><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>"
reach_fixed_point win11
remember_host

open_app
ui see-row win11 "Shut off"
ui see-row "$dgpu.0" "On the host"
ui open win11
ui see "No graphics card of this computer"
shown machine "a machine without a GPU"

exec {node}<> "$host_node"
like "$(gpus_open_in $$)" "^$host_node$" "one that has a GPU open would be seen"
exec {node}>&-

ui press "Activate GPU…"
ui see "Steps and changes in detail"
shown plan "what activation will do"
is "$(drivers_of "$dgpu")" "$gpu_drivers" "and nothing is done yet"

# The first step is not done before there is a picture.
hold_worker
ui press Activate
ui see "note the registers"
shown steps "the steps, while they are done"
let_worker_go
ui see-button "Start the Machine"
ui see-row "$dgpu.0" "win11"
shown activated "it is activated"
is "$(drivers_of "$dgpu")" "vfio-pci vfio-pci" "both functions are on vfio-pci"

ui press "Start the Machine"
ui see-row win11 "Running"
ui see-row "$dgpu.0" "In use by win11"
running_with_gpu win11 "Start the Machine"
ui see-row win11 "has its GPU"
shown in-use "the machine has its GPU"

ui press "Shut Down"
ui see-row win11 "Shut off"
ui see-row "$dgpu.0" "On the host"
home_again "Shut Down"
shown back "the GPU is back"

# What was lent in a terminal the app shows as well, and gives back.
setpriv --reuid=otto --regid=otto --init-groups virtflow lend "$dgpu.0"
ui open "$dgpu.0"
ui see-button "Give Back to the Host"
shown lent "the GPU is lent"
ui press "Give Back to the Host"
ui see-row "$dgpu.0" "On the host"
home_again "Give Back"

ui open win11
ui press Start
ui see-row win11 "Running"
running_with_gpu win11 "Start"
ui choose "More actions" "Force Off…"
# shellcheck disable=SC1111 # as the app writes it
ui see "Force “win11” Off?"
shown question "the question before it is forced off"
ui press "Force Off"
ui see-row win11 "Shut off"
ui see-row "$dgpu.0" "On the host"
home_again "Force Off"

ui press "Deactivate GPU…"
ui see "The machine gets back what it had"
ui press Deactivate
ui see "win11 Is as It Was"
ui press Done
ui see "No graphics card of this computer"
shown deactivated "a machine as it was"
domain_text win11 > /run/lab/win11.after
succeeds "Deactivate: the VM's XML is the one before" diff -u /run/lab/win11.fixed /run/lab/win11.after
home_again "Deactivate"
close_app
ok "app: it ends when its window is closed"
