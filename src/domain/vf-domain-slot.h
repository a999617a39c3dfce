/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's PCI slots: which are free, and which controllers there are. Internal to src/domain.
 */
#pragma once

#include "vf-pci-address.h"

#include <libxml/tree.h>

/* Finds a slot of the guest that no device has: behind an unused root port, behind a new one that
 * is added to @devices, or on the root bus of a machine without PCI Express. FALSE when there is
 * none. */
gboolean vf_domain_slot_find (xmlNode *devices, VfPciAddress *slot);

/* Whether a device but a controller's own port sits on the bus @index of the guest. */
gboolean vf_domain_slot_bus_is_used (const xmlNode *devices, guint index);

/* The index of @device when it is a pcie-root-port: the number of the bus behind it. */
gboolean vf_domain_slot_root_port (const xmlNode *device, guint *index);

/* Whether @devices have a PCI controller of that index. */
gboolean vf_domain_slot_has_controller (const xmlNode *devices, guint index);
