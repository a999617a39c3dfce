/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the inverse of the edit: finds what is ours in a domain that its owner may have changed
 * since, and takes it out. */
#include "vf-domain-edit.h"
#include "vf-domain-input.h"
#include "vf-domain-restore.h"
#include "vf-domain-slot.h"
#include "vf-domain-tree.h"
#include "vf-error.h"

/* The three domains, each by its <devices>. */
typedef struct {
    xmlNode *current; /* the copy that is edited */
    const xmlNode *before;
    const xmlNode *after;
} Devices;

static xmlNode *
devices_of (xmlDoc *document)
{
    return vf_domain_tree_child (xmlDocGetRootElement (document), "devices");
}

static gboolean
find_hostdev (const xmlNode *devices, VfPciAddress source, VfDomainHostdev *found)
{
    for (const xmlNode *node = vf_domain_tree_child (devices, "hostdev"); node != NULL;
         node = vf_domain_tree_next (node, "hostdev")) {
        if (vf_domain_tree_hostdev (node, found) && vf_pci_address_equal (found->source, source))
            return TRUE;
    }
    return FALSE;
}

/* Whether activation added the hostdev of that function; @ours is then what it looked like. */
static gboolean
is_ours (const Devices *devices, VfPciAddress source, VfDomainHostdev *ours)
{
    VfDomainHostdev other;

    return find_hostdev (devices->after, source, ours) && !ours->managed
           && !find_hostdev (devices->before, source, &other);
}

/* One that is managed by now the owner has made his own. */
static void
remove_hostdevs (const Devices *devices)
{
    xmlNode *node, *next;
    VfDomainHostdev found, ours;

    for (node = vf_domain_tree_child (devices->current, "hostdev"); node != NULL; node = next) {
        next = vf_domain_tree_next (node, "hostdev");
        if (vf_domain_tree_hostdev (node, &found) && !found.managed
            && is_ours (devices, found.source, &ours))
            vf_domain_tree_remove (node);
    }
}

static gboolean
has_higher_bus (const xmlNode *devices, guint bus)
{
    guint index;

    for (const xmlNode *node = vf_domain_tree_child (devices, "controller"); node != NULL;
         node = vf_domain_tree_next (node, "controller")) {
        if (vf_domain_tree_attribute_is (node, "type", "pci")
            && vf_domain_tree_number (node, "index", G_MAXUINT8, &index) && index > bus)
            return TRUE;
    }
    return FALSE;
}

/* libvirt fills a gap in the numbers of PCI buses with new ports, so one below others stays. */
static void
remove_port (const Devices *devices, guint bus)
{
    xmlNode *port = vf_domain_slot_controller (devices->current, bus);

    if (port != NULL && vf_domain_tree_attribute_is (port, "model", "pcie-root-port")
        && vf_domain_slot_controller (devices->before, bus) == NULL
        && !vf_domain_slot_bus_used (devices->current, bus)
        && !has_higher_bus (devices->current, bus))
        vf_domain_tree_remove (port);
}

static void
remove_ports (const Devices *devices)
{
    VfDomainHostdev hostdev, ours;

    for (const xmlNode *node = vf_domain_tree_child (devices->after, "hostdev"); node != NULL;
         node = vf_domain_tree_next (node, "hostdev")) {
        if (vf_domain_tree_hostdev (node, &hostdev) && is_ours (devices, hostdev.source, &ours)
            && ours.has_guest)
            remove_port (devices, ours.guest.bus);
    }
}

static void
remove_mark (xmlNode *root, const xmlNode *before)
{
    xmlNode *metadata = vf_domain_tree_child (root, "metadata");
    xmlNode *node, *next;

    for (node = vf_domain_tree_child (metadata, NULL); node != NULL; node = next) {
        next = vf_domain_tree_next (node, NULL);
        if (vf_domain_tree_is_mark (node))
            vf_domain_tree_remove (node);
    }
    if (metadata != NULL && vf_domain_tree_child (metadata, NULL) == NULL
        && vf_domain_tree_child (before, "metadata") == NULL)
        vf_domain_tree_remove (metadata);
}

static VfDomainXml *
reverse (const VfDomainXml *current,
         const VfDomainXml *before,
         const VfDomainXml *after,
         GError **error)
{
    g_autoptr (xmlDoc) document = xmlCopyDoc (vf_domain_xml_document (current), 1);
    const Devices devices = { devices_of (document), devices_of (vf_domain_xml_document (before)),
                              devices_of (vf_domain_xml_document (after)) };

    if (devices.current == NULL) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM has no <devices>. 'virsh dumpxml --inactive VM' "
                      "shows what libvirt has.");
        return NULL;
    }
    remove_hostdevs (&devices);
    remove_ports (&devices);
    vf_domain_input_remove (devices.current, devices.before, current, after);
    vf_domain_restore (devices.current, devices.before, devices.after);
    remove_mark (xmlDocGetRootElement (document),
                 xmlDocGetRootElement (vf_domain_xml_document (before)));
    return vf_domain_xml_new (g_steal_pointer (&document), error);
}

VfDomainXml *
vf_domain_edit_deactivate (VfDomainXml *current,
                           VfDomainXml *before,
                           VfDomainXml *after,
                           GError **error)
{
    const char *uuid = vf_domain_xml_uuid (current);

    if (g_strcmp0 (uuid, vf_domain_xml_uuid (before)) != 0
        || g_strcmp0 (uuid, vf_domain_xml_uuid (after)) != 0) {
        vf_error_set (error, VF_REASON_DOMAIN_CHANGED,
                      "This is not the VM that was activated: its UUID is another one. Nothing was "
                      "changed.");
        return NULL;
    }
    if (vf_domain_xml_equal (current, after) || vf_domain_xml_equal (current, before))
        return vf_domain_xml_ref (before);
    return reverse (current, before, after, error);
}
