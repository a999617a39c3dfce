/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes in from the bus and is not answered yet. The bus lets every user have hundreds of
 * connections with more than a hundred open calls each, and any number of calls that want no
 * answer; GDBus reads them all, in a thread of its own, however far behind the main loop is. So
 * what is open is bounded there: a call beyond it never reaches an object. It is answered with
 * VF_REASON_LIMIT_EXCEEDED, as long as not too many of these answers wait to be sent: the bus takes
 * them slowly, and those to root stand in the same queue. Who goes on all the same gets no answer,
 * and is stopped by the bus. */
#pragma once

#include <gio/gio.h>

typedef struct _VfgInflow VfgInflow;

/* Watches over @connection from here on. The main loop is that of the default context. */
VfgInflow *vfg_inflow_new (GDBusConnection *connection);
void vfg_inflow_free (VfgInflow *inflow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfgInflow, vfg_inflow_free)

/* @name, a unique one, belongs to root: it is not bounded. Before that is known, a connection may
 * have one short call open whatever others do; the hook makes no second one. */
void vfg_inflow_trust (VfgInflow *inflow, const char *name);
