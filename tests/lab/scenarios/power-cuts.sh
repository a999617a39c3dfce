# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# The power is cut while a pairing is stored: after each boot the drivers are the boot's, and the VM
# and its pairing agree. power-cuts-whole does it 50 times.
. /lab/lib/power-cuts.sh

cut_at activate 2 8
cut_at deactivate 2
