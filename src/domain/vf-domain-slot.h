/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PCI slots of a guest, and which of them are free. Internal to src/domain. */
#pragma once

#include "vf-domain-tree.h"

typedef struct {
    guint bus;
    guint slot;
    gboolean needs_port; /* @bus is not there yet: it takes a new root port with that index */
} VfDomainSlot;

/* A slot that no device of the domain @root has, for all functions of a card: behind an unused PCI
 * Express port or a new one, or on a conventional PCI bus. VF_REASON_NO_FREE_SLOT. */
gboolean vf_domain_slot_find (const xmlNode *root, VfDomainSlot *slot, GError **error);

/* Whether a device of @devices sits on that PCI bus of the guest. */
gboolean vf_domain_slot_bus_used (const xmlNode *devices, guint bus);

/* The PCI controller with that index, or NULL. */
xmlNode *vf_domain_slot_controller (const xmlNode *devices, guint index);

/* How many more devices that want a slot of their own libvirt finds one for, in the domain @root.
 */
guint vf_domain_slot_count_free (const xmlNode *root);
