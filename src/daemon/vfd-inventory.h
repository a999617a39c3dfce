/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest snapshot of the machine, and the names of its devices. */
#pragma once

#include "vf-gpu.h"
#include "vf-sysfs.h"

typedef struct _VfdInventory VfdInventory;

/* @root stays the caller's and must outlive the inventory. Reads the machine once. */
VfdInventory *vfd_inventory_new (VfSysfs *root, GError **error);
void vfd_inventory_free (VfdInventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdInventory, vfd_inventory_free)

/* Reads the machine again. When that fails the old snapshot stays and the failure is logged. */
void vfd_inventory_refresh (VfdInventory *inventory);

/* Tells @listener, the only one, of every new snapshot. */
void
vfd_inventory_listen (VfdInventory *inventory, void (*listener) (gpointer data), gpointer data);

/* Belongs to the inventory; gone with the next refresh. */
const VfSnapshot *vfd_inventory_snapshot (VfdInventory *inventory);

/* From the hardware database, or the ids; belongs to the inventory. */
const char *vfd_inventory_name (VfdInventory *inventory, const VfPciFunction *function);

/* The machine's root, for what is no part of a snapshot. */
const VfSysfs *vfd_inventory_root (VfdInventory *inventory);
