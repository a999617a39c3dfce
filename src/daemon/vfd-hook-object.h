/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the libvirt hook may tell and ask. */
#pragma once

#include "vf-dbus.h"
#include "vfd-daemon.h"

/* The skeleton with its handlers; the caller owns it. @daemon outlives it. */
VfDbusHook *vfd_hook_object_new (VfdDaemon *daemon);
