/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which user is behind a name on the bus. The bus is asked once for each name: it never gives a
 * unique name to a second connection. */
#pragma once

#include <gio/gio.h>

typedef struct _VfgCallers VfgCallers;

VfgCallers *vfg_callers_new (GDBusConnection *connection);
void vfg_callers_free (VfgCallers *callers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfgCallers, vfg_callers_free)

/* Whether the user of @name, a unique one, is known already. */
gboolean vfg_callers_find (const VfgCallers *callers, const char *name, guint32 *uid);

/* @uid is NULL when the bus did not say, with @error; or when @callers is gone, without. */
typedef void (*VfgCallerKnown) (const guint32 *uid, const GError *error, gpointer data);

/* Asks the bus about @name, and calls @known once. Who asks while it is being asked is told with
 * the first one; FALSE, and @known is not called, when too many do. */
gboolean
vfg_callers_ask (VfgCallers *callers, const char *name, VfgCallerKnown known, gpointer data);
