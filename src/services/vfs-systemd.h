/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services as systemd runs them, asked over the system bus. */
#pragma once

#include <glib.h>

typedef struct _VfsSystemd VfsSystemd;

/* The system bus, where it is on every host. (The address that GIO takes by itself leads through
 * /var.) */
#define VFS_SYSTEM_BUS "unix:path=/run/dbus/system_bus_socket"

/* Connects to the bus at @address. Without a bus, or without systemd on it, nothing runs. Starting
 * or stopping a unit may take @deadline milliseconds. */
VfsSystemd *vfs_systemd_new (const char *address, guint deadline);
void vfs_systemd_free (VfsSystemd *systemd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfsSystemd, vfs_systemd_free)

/* What VfsUnits asks for, of a VfsSystemd. A unit that is not there (any more), or that its
 * administrator masked, is started with success: there is nothing to start. So is one whose job is
 * not done at the deadline: systemd keeps it, and starts a unit that is still stopping when it has
 * ended (systemd.unit(5), "job"; the deadline of the unit's own stop ends that). */
/* A unit that is stopping and will be started when it has ended counts as one that runs. */
gboolean vfs_systemd_runs (const char *name, gpointer systemd);
gboolean vfs_systemd_stop (const char *name, gpointer systemd, GError **error);
gboolean vfs_systemd_start (const char *name, gpointer systemd, GError **error);
