/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the edit that gives a domain a GPU. */
#include "vf-domain-edit.h"

#include "vf-domain-removal.h"
#include "vf-domain-slot.h"
#include "vf-domain-tree.h"
#include "vf-error.h"
#include "vf-text.h"

static void
set (xmlNode *node, const char *name, const char *value)
{
    xmlNewProp (node, (const xmlChar *) name, (const xmlChar *) value);
}

static void
set_hexadecimal (xmlNode *node, const char *name, guint digits, guint value)
{
    g_autofree char *text = g_strdup_printf ("0x%0*x", (int) digits, value);

    set (node, name, text);
}

static xmlNode *
add_child (xmlNode *parent, const char *name)
{
    return xmlNewChild (parent, NULL, (const xmlChar *) name, NULL);
}

static void
set_address (xmlNode *node, VfPciAddress address)
{
    set_hexadecimal (node, "domain", 4, address.domain);
    set_hexadecimal (node, "bus", 2, address.bus);
    set_hexadecimal (node, "slot", 2, address.slot);
    set_hexadecimal (node, "function", 1, address.function);
}

static xmlNode *
new_hostdev (VfPciAddress source, VfPciAddress slot)
{
    xmlNode *hostdev = xmlNewNode (NULL, (const xmlChar *) "hostdev");
    VfPciAddress guest = slot;
    xmlNode *address;

    set (hostdev, "mode", "subsystem");
    set (hostdev, "type", "pci");
    set (hostdev, "managed", "no");
    set_address (add_child (add_child (hostdev, "source"), "address"), source);
    address = add_child (hostdev, "address");
    guest.function = source.function;
    set (address, "type", "pci");
    set_address (address, guest);
    if (guest.function == 0)
        set (address, "multifunction", "on");
    return hostdev;
}

static void
add_mark (xmlNode *root, VfDisplayProfile profile)
{
    xmlNode *metadata = vf_domain_tree_child (root, "metadata");
    xmlNode *mark = xmlNewNode (NULL, (const xmlChar *) "gpu");

    if (metadata == NULL) {
        xmlNode *first = vf_domain_tree_child (root, "uuid");

        if (first == NULL)
            first = vf_domain_tree_child (root, "name");
        metadata = xmlNewNode (NULL, (const xmlChar *) "metadata");
        vf_domain_tree_insert (root, first != NULL ? vf_domain_tree_next (first, NULL) : NULL,
                               metadata);
    }
    xmlSetNs (mark, xmlNewNs (mark, (const xmlChar *) VF_DOMAIN_XML_NAMESPACE,
                              (const xmlChar *) "virtflow"));
    set (mark, "profile", vf_display_profile_id (profile));
    vf_domain_tree_insert (metadata, NULL, mark);
}

static gboolean
check_functions (const VfPciAddress *functions, guint n_functions, GError **error)
{
    for (guint i = 0; i < n_functions; i++) {
        if (!vf_pci_address_same_slot (functions[i], functions[0])
            || (i > 0 && functions[i].function <= functions[i - 1].function)) {
            n_functions = 0;
            break;
        }
    }
    if (n_functions > 0 && functions[0].function == 0)
        return TRUE;
    vf_error_set (error, VF_REASON_INVALID_ADDRESS,
                  "These functions are not those of one card: a guest can only be given a card "
                  "whole, with its function 0.");
    return FALSE;
}

static gboolean
check_unmarked (const VfDomainXml *before, GError **error)
{
    const char *name = vf_domain_xml_name (before);
    g_autofree char *shown = vf_text_escape (name != NULL ? name : "");

    if (vf_domain_xml_mark (before) == NULL)
        return TRUE;
    vf_error_set (error, VF_REASON_ALREADY_ACTIVATED,
                  "The VM %s is activated already. 'virtflow deactivate %s' takes its GPU away; "
                  "then it can be given another one.",
                  shown, shown);
    return FALSE;
}

static gboolean
check_not_by_hand (const VfDomainXml *before, VfPciAddress gpu, GError **error)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (before);
    const char *name = vf_domain_xml_name (before);
    g_autofree char *shown = vf_text_escape (name != NULL ? name : "");

    for (guint i = 0; i < hostdevs->len; i++) {
        VfPciAddress source = g_array_index (hostdevs, VfDomainHostdev, i).source;

        if (vf_pci_address_same_slot (source, gpu)) {
            vf_error_set (
                error, VF_REASON_HOSTDEV_BY_HAND,
                "The VM %s names %s already, and VirtFlow did not put it there. Take that "
                "hostdev out with 'virsh edit %s', then activate it again.",
                shown, vf_pci_address_format (source).text, shown);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
remove_devices (xmlNode *devices, VfDisplayProfile profile, GError **error)
{
    xmlNode *device = vf_domain_tree_child (devices, NULL);

    while (device != NULL) {
        xmlNode *next = vf_domain_tree_next (device, NULL);

        if (profile != VF_DISPLAY_PROFILE_KEEP && vf_domain_removal_is_mediated_display (device)) {
            vf_error_set (error, VF_REASON_MEDIATED_DISPLAY,
                          "The VM has a mediated device with display='on', which needs the virtual "
                          "display that activation takes out. Set display='off' there, or use "
                          "'--profile keep'.");
            return FALSE;
        }
        if (vf_domain_removal_takes (device, profile))
            vf_domain_tree_remove (device);
        device = next;
    }
    return TRUE;
}

static gboolean
add_hostdevs (xmlNode *devices, const VfPciAddress *functions, guint n_functions, GError **error)
{
    VfPciAddress slot;

    if (!vf_domain_slot_find (devices, &slot)) {
        vf_error_set (error, VF_REASON_NO_FREE_SLOT,
                      "The VM has no free PCI slot for the GPU. Take a device out of it that it "
                      "does not need, then try again.");
        return FALSE;
    }
    for (guint i = 0; i < n_functions; i++)
        vf_domain_tree_insert (devices, NULL, new_hostdev (functions[i], slot));
    return TRUE;
}

VfDomainXml *
vf_domain_edit_activate (const VfDomainXml *before,
                         const VfPciAddress *functions,
                         guint n_functions,
                         VfDisplayProfile profile,
                         GError **error)
{
    g_autoptr (xmlDoc) document = NULL;
    xmlNode *root, *devices;

    if (!check_functions (functions, n_functions, error) || !check_unmarked (before, error)
        || !check_not_by_hand (before, functions[0], error))
        return NULL;
    document = xmlCopyDoc (vf_domain_xml_document (before), 1);
    root = xmlDocGetRootElement (document);
    devices = vf_domain_tree_child (root, "devices");
    if (devices == NULL) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM has no <devices>. 'virsh dumpxml VM' shows what "
                      "libvirt has.");
        return NULL;
    }
    if (!remove_devices (devices, profile, error)
        || !add_hostdevs (devices, functions, n_functions, error))
        return NULL;
    add_mark (root, profile);
    return vf_domain_xml_new (g_steal_pointer (&document), error);
}
