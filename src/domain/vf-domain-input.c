/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of keyboards and mice of the host in a domain, and of the note about them in the
 * mark: only by that note the ones of an activation can be told from the owner's own. */
#include "vf-domain-input.h"

#include "vf-domain-place.h"
#include "vf-domain-tree.h"
#include "vf-domain-usb.h"
#include "vf-error.h"

#include <string.h>

/* In the mark: <input evdev="PATH"/> or <input usb="046d:c52b"/>. */
#define NOTE "input"
#define NOTED_EVDEV "evdev"
#define NOTED_USB "usb"

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

/* An owner's own may have any path; what says how to switch to the guest is a keyboard. */
static VfInput *
read_evdev (const xmlNode *source, const char *path)
{
    VfInput *input = vf_input_new_evdev (path, NULL);

    if (input != NULL)
        return input;
    input = g_new0 (VfInput, 1);
    input->kind = vf_domain_tree_attribute (source, "grab") != NULL
                          || vf_domain_tree_attribute (source, "repeat") != NULL
                      ? VF_INPUT_KEYBOARD
                      : VF_INPUT_MOUSE;
    input->path = g_strdup (path);
    return input;
}

static VfInput *
read_usb (const xmlNode *source)
{
    guint vendor, product;
    VfInput *input;

    if (!vf_domain_tree_number (vf_domain_tree_child (source, "vendor"), "id", G_MAXUINT16, &vendor)
        || !vf_domain_tree_number (vf_domain_tree_child (source, "product"), "id", G_MAXUINT16,
                                   &product))
        return NULL;
    input = g_new0 (VfInput, 1);
    input->kind = VF_INPUT_USB;
    input->vendor = (guint16) vendor;
    input->product = (guint16) product;
    return input;
}

VfInput *
vf_domain_input_read (const xmlNode *device)
{
    const xmlNode *source = vf_domain_tree_child (device, "source");
    const char *path = NULL;

    if (vf_domain_tree_is (device, "hostdev"))
        return vf_domain_tree_attribute_is (device, "type", "usb") ? read_usb (source) : NULL;
    if (!vf_domain_tree_is (device, "input"))
        return NULL;
    if (vf_domain_tree_attribute_is (device, "type", "evdev"))
        path = vf_domain_tree_attribute (source, "dev");
    else if (vf_domain_tree_attribute_is (device, "type", "passthrough"))
        path = vf_domain_tree_attribute (source, "evdev");
    return path != NULL ? read_evdev (source, path) : NULL;
}

static xmlNode *
find (const xmlNode *devices, const VfInput *input)
{
    for (xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        g_autoptr (VfInput) found = vf_domain_input_read (node);

        if (found != NULL && vf_input_equal (found, input))
            return node;
    }
    return NULL;
}

/* Only a keyboard has keys to switch by, and with grab='all' it switches the mice as well. */
static xmlNode *
new_evdev (xmlDoc *document, const VfInput *input)
{
    xmlNode *device = xmlNewDocNode (document, NULL, (const xmlChar *) "input", NULL);
    xmlNode *source = add_child (device, "source");

    set (device, "type", "evdev");
    set (source, "dev", input->path);
    if (input->kind == VF_INPUT_KEYBOARD) {
        set (source, "grab", "all");
        set (source, "grabToggle", "ctrl-ctrl");
        set (source, "repeat", "on");
    }
    return device;
}

static void
add_id (xmlNode *source, const char *name, guint16 id)
{
    g_autofree char *text = g_strdup_printf ("0x%04x", id);

    set (add_child (source, name), "id", text);
}

/* A VM must start without a keyboard that was unplugged. */
static xmlNode *
new_usb (xmlDoc *document, const VfInput *input)
{
    xmlNode *device = xmlNewDocNode (document, NULL, (const xmlChar *) "hostdev", NULL);
    xmlNode *source = add_child (device, "source");

    set (device, "mode", "subsystem");
    set (device, "type", "usb");
    set (device, "managed", "yes");
    set (source, "startupPolicy", "optional");
    add_id (source, "vendor", input->vendor);
    add_id (source, "product", input->product);
    return device;
}

static void
note (xmlNode *mark, const VfInput *input)
{
    xmlNode *noted = xmlNewChild (mark, mark->ns, (const xmlChar *) NOTE, NULL);
    g_autofree char *text = vf_input_format (input);

    set (noted, input->kind == VF_INPUT_USB ? NOTED_USB : NOTED_EVDEV, text);
}

gboolean
vf_domain_input_add (xmlNode *devices, xmlNode *mark, const GPtrArray *inputs, GError **error)
{
    for (guint i = 0; inputs != NULL && i < inputs->len; i++) {
        const VfInput *input = inputs->pdata[i];
        gboolean is_usb = input->kind == VF_INPUT_USB;

        if (find (devices, input) != NULL)
            continue;
        if (is_usb && vf_domain_usb_is_off (devices)) {
            vf_error_set (
                error, VF_REASON_NO_USB,
                "USB is switched off in this VM: its USB controller has the model 'none'. "
                "Give it an evdev keyboard and mouse instead, or take that controller "
                "out with 'virsh edit'.");
            return FALSE;
        }
        vf_domain_place_device (devices, is_usb ? new_usb (devices->doc, input)
                                                : new_evdev (devices->doc, input));
        note (mark, input);
    }
    return TRUE;
}

static const xmlNode *
mark_of (const VfDomainXml *domain)
{
    const xmlNode *root = xmlDocGetRootElement (vf_domain_xml_document (domain));
    const xmlNode *node = vf_domain_tree_child (vf_domain_tree_child (root, "metadata"), NULL);

    while (node != NULL && !vf_domain_tree_is_mark (node))
        node = vf_domain_tree_next (node, NULL);
    return node;
}

/* NULL for what is no note of ours, or of nothing. */
static VfInput *
read_note (const xmlNode *noted)
{
    const char *path = vf_domain_tree_attribute (noted, NOTED_EVDEV);
    const char *ids = vf_domain_tree_attribute (noted, NOTED_USB);

    if (noted->ns == NULL || strcmp ((const char *) noted->ns->href, VF_DOMAIN_XML_NAMESPACE) != 0
        || strcmp ((const char *) noted->name, NOTE) != 0)
        return NULL;
    if (path != NULL)
        return vf_input_new_evdev (path, NULL);
    return ids != NULL ? vf_input_new_usb (ids, NULL) : NULL;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
    return vf_input_equal (a, b);
}

static void
read_notes (const VfDomainXml *domain, GPtrArray *inputs)
{
    for (const xmlNode *noted = vf_domain_tree_child (mark_of (domain), NULL); noted != NULL;
         noted = vf_domain_tree_next (noted, NULL)) {
        g_autoptr (VfInput) input = read_note (noted);

        if (input != NULL && !g_ptr_array_find_with_equal_func (inputs, input, is_same, NULL))
            g_ptr_array_add (inputs, g_steal_pointer (&input));
    }
}

void
vf_domain_input_remove (xmlNode *devices,
                        const xmlNode *before,
                        const VfDomainXml *current,
                        const VfDomainXml *after)
{
    g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);

    read_notes (current, inputs);
    read_notes (after, inputs);
    for (guint i = 0; i < inputs->len; i++) {
        xmlNode *device = find (devices, inputs->pdata[i]);

        if (device != NULL && find (before, inputs->pdata[i]) == NULL)
            vf_domain_tree_remove (device);
    }
}
