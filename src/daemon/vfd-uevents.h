/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells when the kernel adds, removes, binds or unbinds devices. Straight from the kernel's netlink
 * socket: libudev would read the device's uevent file, which blocks while a driver hangs. */
#pragma once

#include <gio/gio.h>

typedef struct _VfdUevents VfdUevents;

/* Calls @changed some time after an event of a PCI or DRM device, and again a moment later as long
 * as it returns FALSE; many events make one call. */
VfdUevents *vfd_uevents_new (gboolean (*changed) (gpointer data), gpointer data, GError **error);
void vfd_uevents_free (VfdUevents *uevents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdUevents, vfd_uevents_free)
