/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon as it comes and goes: its GPUs, and which VM may have which. */
#pragma once

#include "vf-pairing.h"
#include "vfl-gpu.h"
#include "vfl-link.h"

#define VFL_TYPE_DAEMON (vfl_daemon_get_type ())
G_DECLARE_FINAL_TYPE (VflDaemon, vfl_daemon, VFL, DAEMON, GObject)

/* On the bus at @bus, or the system bus when it is NULL. Emits "link" when the connection stands
 * otherwise or the daemon has other notices, "pairings" when they are others. Connects nothing by
 * itself. */
VflDaemon *vfl_daemon_new (const char *bus);

/* Tries now, unless it is connected or tries already. A daemon that comes later is noticed. */
void vfl_daemon_connect (VflDaemon *self);

VflLink vfl_daemon_link (VflDaemon *self);
const GError *vfl_daemon_error (VflDaemon *self);
const char *vfl_daemon_bus (VflDaemon *self);

/* VflGpu items in order of their addresses. Belongs to the daemon, and stays the same. */
GListModel *vfl_daemon_gpus (VflDaemon *self);

/* Valid until the main loop runs again; NULL when there is none. */
VflGpu *vfl_daemon_find_gpu (VflDaemon *self, const char *address);
const VfPairing *vfl_daemon_find_pairing (VflDaemon *self, const char *uuid);
const VfPairing *vfl_daemon_find_pairing_of_gpu (VflDaemon *self, const char *address);

/* VfBlocker pointers: what keeps every GPU of this host from being lent. The caller owns it. */
GPtrArray *vfl_daemon_obstacles (VflDaemon *self);
/* The same for what keeps none from it and should be put right. */
GPtrArray *vfl_daemon_notices (VflDaemon *self);

/* Asks @proxy, which is a GPU's or NULL for the host's, as long as it takes; a password may be
 * asked for. */
void vfl_daemon_ask (VflDaemon *self,
                     VfClientGpu *proxy,
                     const char *method,
                     GVariant *arguments,
                     GAsyncReadyCallback done,
                     gpointer data);
/* Looks at @gpu closely: the answer is that of Inspect. A daemon that does not give it soon is
 * silent. */
void vfl_daemon_inspect (VflDaemon *self, VflGpu *gpu, GAsyncReadyCallback done, gpointer data);

/* Asks that @gpu returns to the host. */
void vfl_daemon_give_back (VflDaemon *self, VflGpu *gpu, GAsyncReadyCallback done, gpointer data);

/* NULL, and a VF_ERROR, when it was refused. */
GVariant *vfl_daemon_answer (GAsyncResult *result, GError **error);
