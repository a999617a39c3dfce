/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules for PCI slots of QEMU's machines. */
#include "vf-domain-slot.h"

#include "vf-error.h"

#include <string.h>

#define BUS_MAX 255

/* Slots of a bus, in the order in which they are tried. */
typedef struct {
    guint first, last;
} Range;

/* Slot 1 of the root bus is the chipset's, slot 2 where firmware and libvirt expect a VGA device.
 */
static const Range root_slots[] = { { 3, 31 }, { 2, 2 } };
static const Range bridge_slots[] = { { 1, 31 } };

static gboolean
is_pci (const xmlNode *controller)
{
    return vf_domain_tree_attribute_is (controller, "type", "pci");
}

static gboolean
is_model (const xmlNode *controller, const char *model)
{
    return is_pci (controller) && vf_domain_tree_attribute_is (controller, "model", model);
}

/* The controllers of a domain, one after another: NULL first and last. */
static xmlNode *
next_controller (const xmlNode *devices, const xmlNode *previous)
{
    return previous == NULL ? vf_domain_tree_child (devices, "controller")
                            : vf_domain_tree_next (previous, "controller");
}

xmlNode *
vf_domain_slot_controller (const xmlNode *devices, guint index)
{
    xmlNode *node = NULL;
    guint found;

    while ((node = next_controller (devices, node)) != NULL) {
        if (is_pci (node) && vf_domain_tree_number (node, "index", BUS_MAX, &found)
            && found == index)
            return node;
    }
    return NULL;
}

/* Whether a device sits in @slot of @bus (any slot of it if @slot is negative). */
static gboolean
is_used (const xmlNode *devices, guint bus, int slot)
{
    VfPciAddress address;

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_guest_address (node, &address) && address.bus == bus
            && (slot < 0 || address.slot == slot))
            return TRUE;
    }
    return FALSE;
}

gboolean
vf_domain_slot_bus_used (const xmlNode *devices, guint bus)
{
    return is_used (devices, bus, -1);
}

static gboolean
find_in_ranges (
    const xmlNode *devices, guint bus, const Range *ranges, gsize n_ranges, VfDomainSlot *slot)
{
    for (gsize i = 0; i < n_ranges; i++) {
        for (guint number = ranges[i].first; number <= ranges[i].last; number++) {
            if (is_used (devices, bus, (int) number))
                continue;
            *slot = (VfDomainSlot){ .bus = bus, .slot = number };
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
find_conventional (const xmlNode *devices, VfDomainSlot *slot)
{
    const xmlNode *node = NULL;
    guint bus;

    if (find_in_ranges (devices, 0, root_slots, G_N_ELEMENTS (root_slots), slot))
        return TRUE;
    while ((node = next_controller (devices, node)) != NULL) {
        if (is_model (node, "pci-bridge") && vf_domain_tree_number (node, "index", BUS_MAX, &bus)
            && find_in_ranges (devices, bus, bridge_slots, G_N_ELEMENTS (bridge_slots), slot))
            return TRUE;
    }
    return FALSE;
}

/* Whether one more root port finds a place on the root bus: libvirt puts up to eight into a slot.
 */
static gboolean
has_room_for_port (const xmlNode *devices)
{
    guint ports[32] = { 0 };
    const xmlNode *node = NULL;
    VfPciAddress address;

    while ((node = next_controller (devices, node)) != NULL) {
        if (is_model (node, "pcie-root-port") && vf_domain_tree_guest_address (node, &address)
            && address.bus == 0)
            ports[address.slot]++;
    }
    /* Slot 31 is the chipset's. */
    for (guint slot = 1; slot < 31; slot++) {
        if (!is_used (devices, 0, (int) slot) || (ports[slot] > 0 && ports[slot] < 8))
            return TRUE;
    }
    return FALSE;
}

static gboolean
find_express (const xmlNode *devices, VfDomainSlot *slot)
{
    const xmlNode *node = NULL;
    guint bus, lowest = G_MAXUINT, next = 1;

    while ((node = next_controller (devices, node)) != NULL) {
        if (!is_pci (node) || !vf_domain_tree_number (node, "index", BUS_MAX, &bus))
            continue;
        next = MAX (next, bus + 1);
        if ((is_model (node, "pcie-root-port") || is_model (node, "pcie-switch-downstream-port"))
            && bus < lowest && !vf_domain_slot_bus_used (devices, bus))
            lowest = bus;
    }
    if (lowest != G_MAXUINT) {
        *slot = (VfDomainSlot){ .bus = lowest };
        return TRUE;
    }
    if (next > BUS_MAX || !has_room_for_port (devices))
        return FALSE;
    *slot = (VfDomainSlot){ .bus = next, .needs_port = TRUE };
    return TRUE;
}

/* What kind of PCI the machine has: said by its first controller, or, in a text that did not come
 * from libvirt and has none yet, by the name of the machine. */
static gboolean
has_root (const xmlNode *root, const char *model, const char *const *machines)
{
    const xmlNode *controller =
        vf_domain_slot_controller (vf_domain_tree_child (root, "devices"), 0);
    const xmlNode *type = vf_domain_tree_child (vf_domain_tree_child (root, "os"), "type");
    const char *machine = vf_domain_tree_attribute (type, "machine");

    if (controller != NULL)
        return is_model (controller, model);
    for (; machine != NULL && *machines != NULL; machines++) {
        if (g_pattern_match_simple (*machines, machine))
            return TRUE;
    }
    return FALSE;
}

gboolean
vf_domain_slot_find (const xmlNode *root, VfDomainSlot *slot, GError **error)
{
    static const char *const express[] = { "q35", "pc-q35-*", "virt", "virt-*", NULL };
    static const char *const conventional[] = { "pc", "pc-i440fx-*", NULL };
    const xmlNode *devices = vf_domain_tree_child (root, "devices");
    gboolean is_express = has_root (root, "pcie-root", express);

    if (!is_express && !has_root (root, "pci-root", conventional)) {
        vf_error_set (error, VF_REASON_NO_FREE_SLOT,
                      "The VM's machine type has no PCI bus that VirtFlow knows. Give the VM a "
                      "machine of type q35.");
        return FALSE;
    }
    if (is_express ? find_express (devices, slot) : find_conventional (devices, slot))
        return TRUE;
    vf_error_set (error, VF_REASON_NO_FREE_SLOT,
                  "The VM has no free PCI slot for the GPU: all of them are taken by its devices. "
                  "Remove a device that it does not need, for example an unused controller.");
    return FALSE;
}

static guint
count_free_slots (const xmlNode *devices, guint bus, guint first)
{
    guint count = 0;

    for (guint slot = first; slot <= 31; slot++) {
        if (!is_used (devices, bus, (int) slot))
            count++;
    }
    return count;
}

guint
vf_domain_slot_count_free (const xmlNode *root)
{
    const xmlNode *devices = vf_domain_tree_child (root, "devices");
    const xmlNode *node = NULL;
    gboolean is_express = is_model (vf_domain_slot_controller (devices, 0), "pcie-root");
    guint bus, count = is_express ? 0 : count_free_slots (devices, 0, 2);

    if (is_express && has_room_for_port (devices))
        return G_MAXUINT;
    while ((node = next_controller (devices, node)) != NULL) {
        if (!vf_domain_tree_number (node, "index", BUS_MAX, &bus))
            continue;
        if (is_model (node, "pci-bridge"))
            count += count_free_slots (devices, bus, 1);
        else if (is_model (node, "pcie-root-port") && !vf_domain_slot_bus_used (devices, bus))
            count++;
    }
    /* On a conventional bus libvirt wants the last slot for a bridge. */
    return is_express || count == 0 ? count : count - 1;
}
