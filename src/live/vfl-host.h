/* SPDX-License-Identifier: GPL-3.0-or-later */
/* This host as the app shows it: the root of all live objects. */
#pragma once

#include "vfl-conditions.h"
#include "vfl-daemon.h"
#include "vfl-libvirt.h"
#include "vfl-machines.h"
#include "vfl-vigil.h"

#define VFL_TYPE_HOST (vfl_host_get_type ())
G_DECLARE_FINAL_TYPE (VflHost, vfl_host, VFL, HOST, GObject)

/* @bus is the address of the daemon's bus; NULL for the system bus. */
VflHost *vfl_host_new (const char *bus);

/* Connects to what is not connected. */
void vfl_host_connect (VflHost *self);

/* These belong to the host and stay the same. */
VflLibvirt *vfl_host_libvirt (VflHost *self);
VflDaemon *vfl_host_daemon (VflHost *self);
VflMachines *vfl_host_machines (VflHost *self);
GListModel *vfl_host_conditions (VflHost *self);
VflVigil *vfl_host_vigil (VflHost *self);
