# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# only when named
# The power is cut at each transition of what is stored. A cut loses /run with every journal, and the
# kernel with every driver and reservation: what can be wrong afterwards is only the pairing, the text of
# the VM, and what the boot makes of them. A deactivation of a VM that runs is its stop and then one of a
# VM that is off, so a few points of it will do.
. /lab/lib/power-cuts.sh

cut_at activate {1..25}
cut_at deactivate 1 2
cut_at deactivate_lent {1..14}
cut_at deactivate_running 3 9 14
cut_at start {1..25}
cut_at stop {1..14}
cut_at lend {1..21}
cut_at return {1..12}
has_no_point activate 26
has_no_point deactivate 3
has_no_point deactivate_lent 15
has_no_point start 26
has_no_point stop 15
has_no_point lend 22
has_no_point return 13
