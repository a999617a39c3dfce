# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 120
# only when named
# 50 power cuts: at each fault point of activation and deactivation, and at any moment of a start.
. /lab/lib/power-cuts.sh

for number in {1..20}; do
    cut_at activate "$number"
done
for number in {1..15}; do
    cut_at deactivate "$number"
done
for number in {1..15}; do
    cut_at start "$number"
done
