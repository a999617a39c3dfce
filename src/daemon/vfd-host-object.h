/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the bus sees of the host: obstacles, pairings, recovery. */
#pragma once

#include "vf-dbus.h"
#include "vfd-daemon.h"

/* The skeleton with its handlers; the caller owns it. @daemon outlives it. It listens to pairings
 * and inventory, and tells the clients of every other look of the pairings. Its properties wait
 * for the first vfd_host_object_show(). */
VfDbusHost *vfd_host_object_new (VfdDaemon *daemon);

/* Sets the properties from the newest snapshot and from what else is known of the host. */
void vfd_host_object_show (VfDbusHost *skeleton, VfdDaemon *daemon);
