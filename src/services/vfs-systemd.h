/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services as systemd runs them, asked over the system bus. */
#pragma once

#include <glib.h>

typedef struct _VfsSystemd VfsSystemd;

/* Without a bus, or without systemd on it, nothing runs. */
VfsSystemd *vfs_systemd_new (void);
void vfs_systemd_free (VfsSystemd *systemd);

/* What VfsUnits asks for, of a VfsSystemd. A unit that is not there (any more), or that its
 * administrator masked, is started with success: there is nothing to start. */
gboolean vfs_systemd_runs (const char *name, gpointer systemd);
gboolean vfs_systemd_stop (const char *name, gpointer systemd, GError **error);
gboolean vfs_systemd_start (const char *name, gpointer systemd, GError **error);
