/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the edit that puts a GPU into a domain. */
#include "vf-domain-edit.h"

#include "vf-domain-input.h"
#include "vf-domain-place.h"
#include "vf-domain-removal.h"
#include "vf-domain-slot.h"
#include "vf-domain-tree.h"
#include "vf-error.h"
#include "vf-text.h"

static xmlNode *
add_child (xmlNode *parent, const char *name)
{
    return xmlNewChild (parent, NULL, (const xmlChar *) name, NULL);
}

static void
set (xmlNode *node, const char *name, const char *value)
{
    xmlNewProp (node, (const xmlChar *) name, (const xmlChar *) value);
}

static void
set_number (xmlNode *node, const char *name, guint digits, guint value)
{
    g_autofree char *text = g_strdup_printf ("0x%0*x", (int) digits, value);

    set (node, name, text);
}

static xmlNode *
add_address (xmlNode *parent, VfPciAddress address)
{
    xmlNode *node = add_child (parent, "address");

    if (!vf_domain_tree_is (parent, "source"))
        set (node, "type", "pci");
    set_number (node, "domain", 4, address.domain);
    set_number (node, "bus", 2, address.bus);
    set_number (node, "slot", 2, address.slot);
    set_number (node, "function", 1, address.function);
    return node;
}

static void
add_hostdev (xmlNode *devices, VfPciAddress function, VfDomainSlot slot, gboolean shared)
{
    xmlNode *hostdev = xmlNewDocNode (devices->doc, NULL, (const xmlChar *) "hostdev", NULL);
    VfPciAddress guest = { 0, (guint8) slot.bus, (guint8) slot.slot, function.function };
    xmlNode *address;

    set (hostdev, "mode", "subsystem");
    set (hostdev, "type", "pci");
    set (hostdev, "managed", "no");
    add_address (add_child (hostdev, "source"), function);
    address = add_address (hostdev, guest);
    if (shared && function.function == 0)
        set (address, "multifunction", "on");
    vf_domain_place_device (devices, hostdev);
}

/* libvirt chooses the place of the port on the root bus. */
static void
add_port (xmlNode *devices, guint index)
{
    xmlNode *controller = xmlNewDocNode (devices->doc, NULL, (const xmlChar *) "controller", NULL);
    g_autofree char *number = g_strdup_printf ("%u", index);

    set (controller, "type", "pci");
    set (controller, "index", number);
    set (controller, "model", "pcie-root-port");
    vf_domain_place_device (devices, controller);
}

static xmlNode *
new_mark (xmlDoc *document, VfDisplayProfile profile)
{
    xmlNode *mark = xmlNewDocNode (document, NULL, (const xmlChar *) "gpu", NULL);

    xmlSetNs (mark, xmlNewNs (mark, (const xmlChar *) VF_DOMAIN_XML_NAMESPACE,
                              (const xmlChar *) "virtflow"));
    set (mark, "profile", vf_display_profile_id (profile));
    return mark;
}

/* The marker notes what was added, so it comes last. */
static gboolean
add_inputs_and_mark (xmlNode *root,
                     VfDisplayProfile profile,
                     const GPtrArray *inputs,
                     GError **error)
{
    xmlNode *mark = new_mark (root->doc, profile);

    if (!vf_domain_input_add (vf_domain_tree_child (root, "devices"), mark, inputs, error)) {
        xmlFreeNode (mark);
        return FALSE;
    }
    vf_domain_tree_insert (vf_domain_place_metadata (root), NULL, mark);
    return TRUE;
}

static void
remove_display (xmlNode *devices, VfDisplayProfile profile)
{
    xmlNode *node, *next;

    for (node = vf_domain_tree_child (devices, NULL); node != NULL; node = next) {
        next = vf_domain_tree_next (node, NULL);
        if (vf_domain_removal_takes (node, profile))
            vf_domain_tree_remove (node);
    }
}

static gboolean
check_functions (const VfPciAddress *functions, guint n_functions, GError **error)
{
    gboolean good = n_functions > 0 && functions[0].function == 0;

    for (guint i = 1; good && i < n_functions; i++)
        good = vf_pci_address_same_slot (functions[i], functions[0])
               && functions[i].function > functions[i - 1].function;
    if (!good)
        vf_error_set (error, VF_REASON_INVALID_ADDRESS,
                      "These functions are not one GPU: they must be of one slot, in ascending "
                      "order, and begin with function 0. 'virtflow gpus' lists the GPUs.");
    return good;
}

static char *
shown_name (const VfDomainXml *domain)
{
    const char *name = vf_domain_xml_name (domain);

    return vf_text_escape (name != NULL ? name : "");
}

gboolean
vf_domain_edit_is_possible (const VfDomainXml *domain, GError **error)
{
    g_autofree char *name = shown_name (domain);

    if (vf_domain_xml_mark (domain) == NULL)
        return TRUE;
    vf_error_set (error, VF_REASON_ALREADY_ACTIVATED,
                  "The VM %s is activated already. To give it another GPU or profile, take the one "
                  "it has back with 'virtflow deactivate %s' first.",
                  name, name);
    return FALSE;
}

static gboolean
check_not_by_hand (const VfDomainXml *domain, VfPciAddress gpu, GError **error)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);
    g_autofree char *name = shown_name (domain);

    for (guint i = 0; i < hostdevs->len; i++) {
        VfPciAddress source = g_array_index (hostdevs, VfDomainHostdev, i).source;

        if (!vf_pci_address_same_slot (source, gpu))
            continue;
        vf_error_set (error, VF_REASON_HOSTDEV_BY_HAND,
                      "The VM %s names %s already, and VirtFlow did not put it there. Take that "
                      "device out with 'virsh edit %s', then activate again.",
                      name, vf_pci_address_format (source).text, name);
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_mediated (const xmlNode *devices, GError **error)
{
    for (const xmlNode *node = vf_domain_tree_child (devices, "hostdev"); node != NULL;
         node = vf_domain_tree_next (node, "hostdev")) {
        if (!vf_domain_removal_is_mediated_display (node))
            continue;
        vf_error_set (error, VF_REASON_MEDIATED_DISPLAY,
                      "The VM has a mediated device with display='on', which is shown in the "
                      "virtual display that activation takes out. Remove that device, or activate "
                      "with the profile 'keep'.");
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_devices (const VfDomainXml *domain, VfDisplayProfile profile, GError **error)
{
    const xmlNode *devices =
        vf_domain_tree_child (xmlDocGetRootElement (vf_domain_xml_document (domain)), "devices");

    if (devices == NULL) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM has no <devices>. 'virsh dumpxml --inactive VM' "
                      "shows what libvirt has.");
        return FALSE;
    }
    return profile == VF_DISPLAY_PROFILE_KEEP || check_mediated (devices, error);
}

VfDomainXml *
vf_domain_edit_activate (const VfDomainXml *before,
                         const VfPciAddress *functions,
                         guint n_functions,
                         VfDisplayProfile profile,
                         const GPtrArray *inputs,
                         GError **error)
{
    g_autoptr (xmlDoc) document = NULL;
    xmlNode *root, *devices;
    VfDomainSlot slot;
    gboolean has_slot;

    if (!check_functions (functions, n_functions, error)
        || !vf_domain_edit_is_possible (before, error)
        || !check_not_by_hand (before, functions[0], error)
        || !check_devices (before, profile, error))
        return NULL;

    document = xmlCopyDoc (vf_domain_xml_document (before), 1);
    root = xmlDocGetRootElement (document);
    devices = vf_domain_tree_child (root, "devices");
    /* A slot that was free before is better than one that a removed device must get back. */
    has_slot = vf_domain_slot_find (root, &slot, NULL);
    remove_display (devices, profile);
    if (!has_slot && !vf_domain_slot_find (root, &slot, error))
        return NULL;
    if (slot.needs_port)
        add_port (devices, slot.bus);
    /* Before the GPU: by its place behind all others it is recognised. */
    if (!add_inputs_and_mark (root, profile, inputs, error))
        return NULL;
    for (guint i = 0; i < n_functions; i++)
        add_hostdev (devices, functions[i], slot, n_functions > 1);
    return vf_domain_xml_new (g_steal_pointer (&document), error);
}
