/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how many ports the USB controllers of QEMU have, and when there are none. */
#include "vf-domain-usb.h"

#include "vf-domain-tree.h"

#include <string.h>

#define XHCI_PORTS_MAX 15

/* The companions of an ich9-ehci1 have no ports of their own. */
static const struct {
    const char *model;
    guint ports;
} models[] = {
    { "piix3-uhci", 2 },     { "piix4-uhci", 2 }, { "ehci", 6 },     { "ich9-ehci1", 6 },
    { "vt82c686b-uhci", 2 }, { "pci-ohci", 3 },   { "nec-xhci", 4 }, { "qemu-xhci", 4 },
};

static guint
ports_of (const xmlNode *controller)
{
    guint ports;

    if (!vf_domain_tree_attribute_is (controller, "type", "usb"))
        return 0;
    if (vf_domain_tree_number (controller, "ports", XHCI_PORTS_MAX, &ports))
        return ports;
    for (gsize i = 0; i < G_N_ELEMENTS (models); i++) {
        if (vf_domain_tree_attribute_is (controller, "model", models[i].model))
            return models[i].ports;
    }
    return 0;
}

/* Whether @device is plugged into a controller, and not into a hub. */
static gboolean
is_plugged_in (const xmlNode *device)
{
    const xmlNode *address = vf_domain_tree_child (device, "address");
    const char *port = vf_domain_tree_attribute (address, "port");

    return vf_domain_tree_attribute_is (address, "type", "usb") && port != NULL
           && strchr (port, '.') == NULL;
}

guint
vf_domain_usb_count_free (const xmlNode *devices)
{
    guint ports = 0, used = 0;

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_is (node, "controller"))
            ports += ports_of (node);
        if (is_plugged_in (node))
            used++;
    }
    return ports > used ? ports - used : 0;
}

gboolean
vf_domain_usb_is_off (const xmlNode *devices)
{
    for (const xmlNode *node = vf_domain_tree_child (devices, "controller"); node != NULL;
         node = vf_domain_tree_next (node, "controller")) {
        if (vf_domain_tree_attribute_is (node, "type", "usb")
            && vf_domain_tree_attribute_is (node, "model", "none"))
            return TRUE;
    }
    return FALSE;
}
