/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The VMs of this host as a live list: libvirt's events change it, and nothing is polled. */
#pragma once

#include "vfl-daemon.h"
#include "vfl-libvirt.h"
#include "vfl-machine.h"

#define VFL_TYPE_MACHINES (vfl_machines_get_type ())
G_DECLARE_FINAL_TYPE (VflMachines, vfl_machines, VFL, MACHINES, GObject)

/* Follows both. Property "loaded": whether libvirt's list was read since it is connected. */
VflMachines *vfl_machines_new (VflLibvirt *libvirt, VflDaemon *daemon);

/* VflMachine items by name. Belongs to the object, and stays the same. */
GListModel *vfl_machines_list (VflMachines *self);
gboolean vfl_machines_is_loaded (VflMachines *self);

/* Why libvirt, which is there, did not list them; NULL when it did. */
const GError *vfl_machines_error (VflMachines *self);

/* Valid until the main loop runs again; NULL when there is none. */
VflMachine *vfl_machines_find (VflMachines *self, const char *uuid);

/* Looks at one anew: for what libvirt has no event for. */
void vfl_machines_look_at (VflMachines *self, VflMachine *machine);
