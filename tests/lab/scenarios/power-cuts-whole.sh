# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# only when named
# 50 power cuts at 50 moments. A cut loses /run with every journal, and the kernel with every driver and
# reservation: what can be wrong afterwards is only the pairing, the text of the VM, and what the boot
# makes of them. So each transition is cut that changes these, those of an activation and of a
# deactivation; and the others at places all over them: a deactivation that returns the GPU, of a VM that
# is off and of one that runs, a start, a stop, and a lend and a return by hand.
. /lab/lib/power-cuts.sh

cut_at activate {1..25}
cut_at deactivate 1 2
cut_at deactivate_lent 2 6 13
cut_at deactivate_running 3 9 14
cut_at start 2 6 10 14 18 22 24
cut_at stop 2 4 7 10 13
cut_at lend 4 13
cut_at return 3 7 11
has_no_point activate 26
has_no_point deactivate 3
