# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# A user's program and one of root open and close the card all the time while it is lent: each lend
# succeeds or is refused because it is held, and nothing hangs. lend-race-whole does it 1,000 times.
. /lab/lib/lend-race.sh

race 8
