/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for a free slot in a guest. */
#include "vf-domain-slot.h"

#include "vf-domain-tree.h"

#define BUS_MAX 255
#define SLOT_MAX 31

static gboolean
is_pci_controller (const xmlNode *device, guint *index)
{
    return vf_domain_tree_is (device, "controller")
           && vf_domain_tree_attribute_is (device, "type", "pci")
           && vf_domain_tree_number (device, "index", BUS_MAX, index);
}

gboolean
vf_domain_slot_root_port (const xmlNode *device, guint *index)
{
    return is_pci_controller (device, index)
           && vf_domain_tree_attribute_is (device, "model", "pcie-root-port");
}

gboolean
vf_domain_slot_has_controller (const xmlNode *devices, guint index)
{
    const xmlNode *device = vf_domain_tree_child (devices, "controller");

    for (; device != NULL; device = vf_domain_tree_next (device, "controller")) {
        guint found;

        if (is_pci_controller (device, &found) && found == index)
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_model (const xmlNode *devices, const char *model)
{
    const xmlNode *device = vf_domain_tree_child (devices, "controller");

    for (; device != NULL; device = vf_domain_tree_next (device, "controller")) {
        if (vf_domain_tree_attribute_is (device, "type", "pci")
            && vf_domain_tree_attribute_is (device, "model", model))
            return TRUE;
    }
    return FALSE;
}

gboolean
vf_domain_slot_bus_is_used (const xmlNode *devices, guint index)
{
    const xmlNode *device = vf_domain_tree_child (devices, NULL);

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        VfPciAddress guest;

        if (vf_domain_tree_guest_address (device, &guest) && guest.bus == index)
            return TRUE;
    }
    return FALSE;
}

/* The lowest slot of bus 0 that nothing sits on; 0 when all are taken. Slot 0 is the host bridge's.
 */
static guint8
free_root_slot (const xmlNode *devices)
{
    guint32 used = 0;
    const xmlNode *device = vf_domain_tree_child (devices, NULL);

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        VfPciAddress guest;

        if (vf_domain_tree_guest_address (device, &guest) && guest.bus == 0)
            used |= 1u << guest.slot;
    }
    for (guint8 slot = 1; slot <= SLOT_MAX; slot++) {
        if ((used & 1u << slot) == 0)
            return slot;
    }
    return 0;
}

static gboolean
find_unused_root_port (const xmlNode *devices, VfPciAddress *slot)
{
    const xmlNode *device = vf_domain_tree_child (devices, "controller");

    for (; device != NULL; device = vf_domain_tree_next (device, "controller")) {
        guint index;

        if (vf_domain_slot_root_port (device, &index)
            && !vf_domain_slot_bus_is_used (devices, index)) {
            *slot = (VfPciAddress){ .bus = (guint8) index };
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
add_root_port (xmlNode *devices, VfPciAddress *slot)
{
    g_autofree char *text = NULL;
    xmlNode *controller;
    guint index = 1;

    while (index <= BUS_MAX && vf_domain_slot_has_controller (devices, index))
        index++;
    if (index > BUS_MAX || free_root_slot (devices) == 0)
        return FALSE;
    controller = xmlNewNode (NULL, (const xmlChar *) "controller");
    xmlNewProp (controller, (const xmlChar *) "type", (const xmlChar *) "pci");
    text = g_strdup_printf ("%u", index);
    xmlNewProp (controller, (const xmlChar *) "index", (const xmlChar *) text);
    xmlNewProp (controller, (const xmlChar *) "model", (const xmlChar *) "pcie-root-port");
    vf_domain_tree_insert (devices, NULL, controller);
    *slot = (VfPciAddress){ .bus = (guint8) index };
    return TRUE;
}

gboolean
vf_domain_slot_find (xmlNode *devices, VfPciAddress *slot)
{
    guint8 root_slot;

    if (has_model (devices, "pcie-root"))
        return find_unused_root_port (devices, slot) || add_root_port (devices, slot);
    root_slot = free_root_slot (devices);
    if (root_slot == 0)
        return FALSE;
    *slot = (VfPciAddress){ .slot = root_slot };
    return TRUE;
}
