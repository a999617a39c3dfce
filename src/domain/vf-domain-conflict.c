/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns libvirt's rules of what must not be in a domain twice (each tried on libvirt 9.0). */
#include "vf-domain-conflict.h"

#include "vf-domain-removal.h"
#include "vf-domain-tree.h"
#include "vf-domain-usb.h"

#include <string.h>

static gboolean
same_attribute (const xmlNode *a, const xmlNode *b, const char *name)
{
    return g_strcmp0 (vf_domain_tree_attribute (a, name), vf_domain_tree_attribute (b, name)) == 0;
}

static gboolean
is_of_type (const xmlNode *node, const char *type)
{
    return vf_domain_tree_attribute_is (node, "type", type);
}

static gboolean
has_opengl (const xmlNode *graphics)
{
    return vf_domain_tree_attribute_is (vf_domain_tree_child (graphics, "gl"), "enable", "yes");
}

/* QEMU draws with OpenGL into one display, and without a display of its own only for two kinds. */
static gboolean
graphics_exclude (const xmlNode *a, const xmlNode *b)
{
    if (same_attribute (a, b, "type") || (has_opengl (a) && has_opengl (b)))
        return TRUE;
    if (is_of_type (b, "egl-headless"))
        return graphics_exclude (b, a);
    return is_of_type (a, "egl-headless")
           && (has_opengl (b) || !(is_of_type (b, "vnc") || is_of_type (b, "spice")));
}

static gboolean
is_serial_console (const xmlNode *device)
{
    return vf_domain_tree_is (device, "console")
           && vf_domain_tree_attribute_is (vf_domain_tree_child (device, "target"), "type",
                                           "serial");
}

/* Whether @a and @b, elements of one name, exclude each other. */
static gboolean
excludes (const xmlNode *a, const xmlNode *b)
{
    const xmlNode *target_a = vf_domain_tree_child (a, "target");
    const xmlNode *target_b = vf_domain_tree_child (b, "target");

    if (vf_domain_tree_is (a, "graphics"))
        return graphics_exclude (a, b);
    if (vf_domain_tree_is (a, "audio"))
        return same_attribute (a, b, "id") && !vf_domain_removal_is_implicit (a);
    if (vf_domain_tree_is (a, "channel"))
        return same_attribute (target_a, target_b, "name");
    if (vf_domain_tree_is (a, "serial") || vf_domain_tree_is (a, "parallel"))
        return same_attribute (target_a, target_b, "port");
    if (vf_domain_tree_is (a, "console"))
        return (is_serial_console (a) && is_serial_console (b))
               || (same_attribute (target_a, target_b, "type")
                   && same_attribute (target_a, target_b, "port"));
    return vf_domain_tree_is (a, "video") || vf_domain_tree_is (a, "sound")
           || vf_domain_tree_is (a, "smartcard");
}

static gboolean
needs_usb (const xmlNode *device)
{
    return vf_domain_tree_is (device, "redirdev")
           || (vf_domain_tree_is (device, "sound")
               && vf_domain_tree_attribute_is (device, "model", "usb"));
}

gboolean
vf_domain_conflict_kind (const xmlNode *devices, const xmlNode *device)
{
    const char *name = (const char *) device->name;

    for (const xmlNode *node = vf_domain_tree_child (devices, name); node != NULL;
         node = vf_domain_tree_next (node, name)) {
        if (excludes (node, device))
            return TRUE;
    }
    return needs_usb (device) && vf_domain_usb_is_off (devices);
}

static const xmlNode *
find_controller (const xmlNode *devices, const char *type, guint index)
{
    guint found;

    for (const xmlNode *node = vf_domain_tree_child (devices, "controller"); node != NULL;
         node = vf_domain_tree_next (node, "controller")) {
        if (vf_domain_tree_attribute_is (node, "type", type)
            && vf_domain_tree_number (node, "index", G_MAXUINT16, &found) && found == index)
            return node;
    }
    return NULL;
}

/* Whether the bus of @address is still what it was: slots and ports depend on the controller. */
static gboolean
is_same_bus (const xmlNode *devices, const xmlNode *before, const xmlNode *address)
{
    const char *type = vf_domain_tree_attribute (address, "type");
    gboolean numbered = g_strcmp0 (type, "pci") == 0 || g_strcmp0 (type, "usb") == 0;
    const xmlNode *now, *then;
    guint index;

    if (type == NULL
        || !vf_domain_tree_number (address, numbered ? "bus" : "controller", G_MAXUINT16, &index))
        return TRUE;
    now = find_controller (devices, type, index);
    then = find_controller (before, type, index);
    return (now == NULL) == (then == NULL) && same_attribute (now, then, "model")
           && same_attribute (now, then, "ports");
}

/* Whether @address is a port of a hub that is not there: "1.2" is the second one of the hub in the
 * first of the controller. */
static gboolean
lacks_hub (const xmlNode *devices, const xmlNode *address)
{
    const char *port = vf_domain_tree_attribute (address, "port");
    const char *last = port != NULL ? strrchr (port, '.') : NULL;
    g_autofree char *of_hub = last != NULL ? g_strndup (port, (gsize) (last - port)) : NULL;

    if (of_hub == NULL || !is_of_type (address, "usb"))
        return FALSE;
    for (const xmlNode *node = vf_domain_tree_child (devices, "hub"); node != NULL;
         node = vf_domain_tree_next (node, "hub")) {
        const xmlNode *other = vf_domain_tree_child (node, "address");

        if (is_of_type (other, "usb") && same_attribute (other, address, "bus")
            && vf_domain_tree_attribute_is (other, "port", of_hub))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_at (const xmlNode *devices, VfPciAddress address)
{
    VfPciAddress found;

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_guest_address (node, &found) && vf_pci_address_equal (found, address))
            return TRUE;
    }
    return FALSE;
}

/* A slot is shared only with those that shared it before, and only if its function 0 is there. */
static gboolean
is_pci_taken (const xmlNode *devices, const xmlNode *before, VfPciAddress address)
{
    VfPciAddress first = address, found;

    first.function = 0;
    if (address.function != 0 && !is_at (devices, first))
        return TRUE;
    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_guest_address (node, &found) && vf_pci_address_same_slot (found, address)
            && (found.function == address.function || !is_at (before, found)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_same_address (const xmlNode *a, const xmlNode *b)
{
    static const char *const names[] = { "type", "controller", "bus",  "target",
                                         "unit", "port",       "slot", "iobase" };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        if (!same_attribute (a, b, names[i]))
            return FALSE;
    }
    return TRUE;
}

gboolean
vf_domain_conflict_address (const xmlNode *devices, const xmlNode *before, const xmlNode *device)
{
    const xmlNode *address = vf_domain_tree_child (device, "address");
    VfPciAddress guest;

    if (address == NULL)
        return FALSE;
    if (!is_same_bus (devices, before, address) || lacks_hub (devices, address))
        return TRUE;
    if (vf_domain_tree_guest_address (device, &guest))
        return is_pci_taken (devices, before, guest);
    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        const xmlNode *other = vf_domain_tree_child (node, "address");

        if (other != NULL && is_same_address (address, other))
            return TRUE;
    }
    return FALSE;
}

/* Whether a device has a child @name whose @attribute is that of the same child of @device. */
static gboolean
is_child_taken (const xmlNode *devices,
                const xmlNode *device,
                const char *name,
                const char *attribute)
{
    const char *value = vf_domain_tree_attribute (vf_domain_tree_child (device, name), attribute);

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); value != NULL && node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_attribute_is (vf_domain_tree_child (node, name), attribute, value))
            return TRUE;
    }
    return FALSE;
}

gboolean
vf_domain_conflict_alias (const xmlNode *devices, const xmlNode *device)
{
    return is_child_taken (devices, device, "alias", "name");
}

gboolean
vf_domain_conflict_boot (const xmlNode *devices, const xmlNode *device)
{
    const xmlNode *os = vf_domain_tree_child (devices->parent, "os");

    return vf_domain_tree_child (os, "boot") != NULL
           || is_child_taken (devices, device, "boot", "order");
}

xmlNode *
vf_domain_conflict_find_audio (const xmlNode *devices, const char *id)
{
    for (xmlNode *node = vf_domain_tree_child (devices, "audio"); node != NULL;
         node = vf_domain_tree_next (node, "audio")) {
        if (vf_domain_tree_attribute_is (node, "id", id))
            return node;
    }
    return NULL;
}

gboolean
vf_domain_conflict_has_spice (const xmlNode *devices)
{
    for (const xmlNode *node = vf_domain_tree_child (devices, "graphics"); node != NULL;
         node = vf_domain_tree_next (node, "graphics")) {
        if (vf_domain_tree_attribute_is (node, "type", "spice"))
            return TRUE;
    }
    return FALSE;
}
