/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is missing on this host now, the gravest first: a live list. */
#pragma once

#include "vfl-condition.h"
#include "vfl-daemon.h"
#include "vfl-libvirt.h"
#include "vfl-machines.h"

/* VflCondition items. The caller owns the list, which follows @libvirt, @daemon and @machines as
 * long as it lives. */
GListModel *vfl_conditions_new (VflLibvirt *libvirt, VflDaemon *daemon, VflMachines *machines);

/* Valid until the main loop runs again; NULL when it does not hold. */
VflCondition *vfl_conditions_find (GListModel *conditions, const char *id);
