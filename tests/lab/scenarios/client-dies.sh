# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 600
# only when named
# Who asks the daemon is killed: "virtflow activate" and "virtflow deactivate" 10 times, spread over the
# time that they take, and libvirt's hook 7 times in 6 starts and stops of the VM. kill-matrix-vms kills
# them at each transition of what is stored.
. /lab/lib/client-dies.sh

remember_host
define_desk
be_lent_to_desk # the first time takes longer
virtflow deactivate desk
measure virtflow activate desk "$dgpu.0" --yes
activating=$took
measure virtflow deactivate desk
deactivating=$took
echo "an activation takes $activating ms, a deactivation $deactivating ms"

for part in {1..6}; do
    client_dies "$part" 6 "$activating" be_home virtflow activate desk "$dgpu.0" --yes
done
for part in {1..4}; do
    client_dies "$part" 4 "$deactivating" be_lent_to_desk virtflow deactivate desk
done
echo "$killed of 10 were killed before their end"
is "$((killed >= 6))" 1 "most of the programs were killed before their end"
is "$survived" 10 "10 kills of what activates and deactivates: the VM and its pairing agree each time"

killed=0 survived=0
for limit in 0 300 600; do
    start_while_hook_dies "$limit" prepare
done
start_while_hook_dies 0 started
stop_while_hooks_die 20 stopped
stop_while_hooks_die 0 stopped release
echo "$killed of 7 hooks were killed before their end"
is "$((killed >= 5))" 1 "most of the hooks were killed before their end"
is "$survived" 6 "hooks killed in 6 starts and stops: the GPU is with the VM or at home each time"
