/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where in libvirt's text of a device of the host USB is described. */
#include "vf-node-device.h"

#include "vf-domain-tree.h"
#include "vf-error.h"

#include <libxml/parser.h>
#include <string.h>

/* As in vf-domain-xml.c. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

void
vf_node_device_free (VfNodeDevice *device)
{
    g_free (device->name);
    g_free (device->parent);
    g_free (device->vendor_name);
    g_free (device->product_name);
    g_free (device->network);
    g_free (device);
}

/* The text of the child @name, stripped; NULL when it has none. */
static char *
text_of (const xmlNode *node, const char *name)
{
    const xmlNode *child = vf_domain_tree_child (node, name);
    xmlChar *content = child != NULL ? xmlNodeGetContent (child) : NULL;
    char *text = content != NULL ? g_strstrip (g_strdup ((const char *) content)) : NULL;

    xmlFree (content);
    if (text != NULL && *text == '\0')
        g_clear_pointer (&text, g_free);
    return text;
}

static guint8
number_of (const xmlNode *node, const char *name)
{
    g_autofree char *text = text_of (node, name);
    guint64 number = 0;

    if (text != NULL)
        g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT8, &number, NULL);
    return (guint8) number;
}

static gboolean
read_usb_device (VfNodeDevice *device, const xmlNode *capability)
{
    guint vendor, product;

    if (!vf_domain_tree_number (vf_domain_tree_child (capability, "vendor"), "id", G_MAXUINT16,
                                &vendor)
        || !vf_domain_tree_number (vf_domain_tree_child (capability, "product"), "id", G_MAXUINT16,
                                   &product))
        return FALSE;
    device->vendor = (guint16) vendor;
    device->product = (guint16) product;
    device->vendor_name = text_of (capability, "vendor");
    device->product_name = text_of (capability, "product");
    return TRUE;
}

static void
read_usb_interface (VfNodeDevice *device, const xmlNode *capability)
{
    device->is_usb_interface = TRUE;
    device->usb_class = number_of (capability, "class");
    device->usb_subclass = number_of (capability, "subclass");
    device->usb_protocol = number_of (capability, "protocol");
}

static void
read_capability (VfNodeDevice *device, const xmlNode *capability)
{
    if (vf_domain_tree_attribute_is (capability, "type", "usb_device"))
        device->is_usb_device = read_usb_device (device, capability);
    else if (vf_domain_tree_attribute_is (capability, "type", "usb"))
        read_usb_interface (device, capability);
    else if (vf_domain_tree_attribute_is (capability, "type", "net"))
        device->network = text_of (capability, "interface");
}

/* Without a document type, which libvirt's texts never have. */
static xmlDoc *
parse_document (const char *text)
{
    gsize length = strlen (text);
    g_autoptr (xmlDoc) document = NULL;

    if (length > VF_DOMAIN_XML_MAX)
        return NULL;
    document = xmlReadMemory (text, (int) length, NULL, "UTF-8", PARSE_OPTIONS);
    return document != NULL && xmlGetIntSubset (document) == NULL ? g_steal_pointer (&document)
                                                                  : NULL;
}

VfNodeDevice *
vf_node_device_parse (const char *text, GError **error)
{
    g_autoptr (xmlDoc) document = parse_document (text);
    const xmlNode *root = document != NULL ? xmlDocGetRootElement (document) : NULL;
    g_autoptr (VfNodeDevice) device = g_new0 (VfNodeDevice, 1);

    device->name = vf_domain_tree_is (root, "device") ? text_of (root, "name") : NULL;
    if (device->name == NULL) {
        vf_error_set (error, VF_REASON_INTERNAL,
                      "libvirt's description of a device of this host cannot be read. \"virsh "
                      "nodedev-list --cap usb_device\" shows what it has.");
        return NULL;
    }
    device->parent = text_of (root, "parent");
    for (const xmlNode *node = vf_domain_tree_child (root, "capability"); node != NULL;
         node = vf_domain_tree_next (node, "capability"))
        read_capability (device, node);
    return g_steal_pointer (&device);
}
