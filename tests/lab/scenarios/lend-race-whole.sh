# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 3600
# only when named
. /lab/lib/lend-race.sh

race 1000
