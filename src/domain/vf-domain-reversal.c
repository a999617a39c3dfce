/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the inverse of the edit: takes our part out of a domain that its owner may have changed
 * since, and puts back what had to go. */
#include "vf-domain-edit.h"
#include "vf-domain-format.h"
#include "vf-domain-removal.h"
#include "vf-domain-slot.h"
#include "vf-domain-tree.h"
#include "vf-error.h"

static const xmlNode *
devices_of (const VfDomainXml *domain)
{
    const xmlNode *root =
        domain != NULL ? xmlDocGetRootElement (vf_domain_xml_document (domain)) : NULL;

    return vf_domain_tree_child (root, "devices");
}

static gboolean
names_function (const xmlNode *devices, VfPciAddress source)
{
    const xmlNode *device = vf_domain_tree_child (devices, NULL);

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        VfDomainHostdev hostdev;

        if (vf_domain_tree_hostdev (device, &hostdev)
            && vf_pci_address_equal (hostdev.source, source))
            return TRUE;
    }
    return FALSE;
}

/* Ours is what activation added: there after it and not before, and still as we made it. */
static gboolean
is_our_hostdev (const xmlNode *device, const xmlNode *before, const xmlNode *after)
{
    VfDomainHostdev hostdev;

    return vf_domain_tree_is (device, "hostdev") && vf_domain_tree_hostdev (device, &hostdev)
           && !hostdev.managed && !names_function (before, hostdev.source)
           && (after == NULL || names_function (after, hostdev.source));
}

static gboolean
is_our_root_port (const xmlNode *device, const xmlNode *before, const xmlNode *after)
{
    guint index;

    return vf_domain_slot_root_port (device, &index)
           && !vf_domain_slot_has_controller (before, index)
           && (after == NULL || vf_domain_slot_has_controller (after, index));
}

static void
remove_ours (xmlNode *devices, const xmlNode *before, const xmlNode *after)
{
    xmlNode *device, *next;

    for (device = vf_domain_tree_child (devices, NULL); device != NULL; device = next) {
        next = vf_domain_tree_next (device, NULL);
        if (is_our_hostdev (device, before, after))
            vf_domain_tree_remove (device);
    }
    for (device = vf_domain_tree_child (devices, "controller"); device != NULL; device = next) {
        guint index;

        next = vf_domain_tree_next (device, "controller");
        if (is_our_root_port (device, before, after) && vf_domain_slot_root_port (device, &index)
            && !vf_domain_slot_bus_is_used (devices, index))
            vf_domain_tree_remove (device);
    }
}

static void
remove_mark (xmlNode *root, const VfDomainXml *before)
{
    xmlNode *metadata = vf_domain_tree_child (root, "metadata");
    const xmlNode *old_root = xmlDocGetRootElement (vf_domain_xml_document (before));
    xmlNode *node, *next;

    for (node = vf_domain_tree_child (metadata, NULL); node != NULL; node = next) {
        next = vf_domain_tree_next (node, NULL);
        if (vf_domain_tree_is_mark (node))
            vf_domain_tree_remove (node);
    }
    if (metadata != NULL && vf_domain_tree_child (metadata, NULL) == NULL
        && vf_domain_tree_child (old_root, "metadata") == NULL)
        vf_domain_tree_remove (metadata);
}

/* Of one kind are devices that the owner would see as each other's replacement. */
static gboolean
are_of_one_kind (const xmlNode *a, const xmlNode *b)
{
    static const char *const plain[] = { "sound", "audio", "graphics", "video", NULL };

    if (!xmlStrEqual (a->name, b->name))
        return FALSE;
    if (g_strv_contains (plain, (const char *) a->name))
        return TRUE;
    return g_strcmp0 (vf_domain_tree_attribute (a, "type"), vf_domain_tree_attribute (b, "type"))
           == 0;
}

static gboolean
has_kind (const xmlNode *devices, const xmlNode *wanted)
{
    const xmlNode *device = vf_domain_tree_child (devices, NULL);

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        if (are_of_one_kind (device, wanted) && !vf_domain_removal_is_implicit (device))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_spice (const xmlNode *devices)
{
    const xmlNode *device = vf_domain_tree_child (devices, "graphics");

    for (; device != NULL; device = vf_domain_tree_next (device, "graphics")) {
        if (vf_domain_tree_attribute_is (device, "type", "spice"))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_address_taken (const xmlNode *devices, const xmlNode *address)
{
    g_autofree char *wanted = vf_domain_format_canonical (address);
    const xmlNode *device = vf_domain_tree_child (devices, NULL);
    VfPciAddress guest;

    if (vf_domain_tree_attribute_is (address, "type", "pci")
        && vf_domain_tree_address (address, &guest)
        && !vf_domain_slot_has_controller (devices, guest.bus))
        return TRUE;
    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        const xmlNode *other = vf_domain_tree_child (device, "address");
        g_autofree char *text = other != NULL ? vf_domain_format_canonical (other) : NULL;
        VfPciAddress taken;

        if (g_strcmp0 (text, wanted) == 0)
            return TRUE;
        /* The same function, whatever "multifunction" says; and a device that did not share its
         * slot before cannot begin to. */
        if (vf_domain_tree_attribute_is (address, "type", "pci")
            && vf_domain_tree_address (address, &guest)
            && vf_domain_tree_guest_address (device, &taken)
            && vf_pci_address_same_slot (guest, taken)
            && (guest.function == taken.function || guest.function == 0 || taken.function == 0))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_audio (const xmlNode *devices, const char *id)
{
    const xmlNode *device = vf_domain_tree_child (devices, "audio");

    for (; device != NULL; device = vf_domain_tree_next (device, "audio")) {
        if (vf_domain_tree_attribute_is (device, "id", id))
            return TRUE;
    }
    return FALSE;
}

static void
put_back (xmlNode *devices, const xmlNode *device)
{
    xmlNode *copy = xmlDocCopyNode ((xmlNode *) device, devices->doc, 1);
    xmlNode *address = vf_domain_tree_child (copy, "address");

    if (address != NULL && is_address_taken (devices, address))
        vf_domain_tree_remove (address);
    vf_domain_tree_insert (devices, NULL, copy);
}

/* A sound card may name an <audio> that the owner has replaced. */
static void
mend_sound (xmlNode *devices)
{
    xmlNode *sound = vf_domain_tree_child (devices, "sound");

    for (; sound != NULL; sound = vf_domain_tree_next (sound, "sound")) {
        xmlNode *audio = vf_domain_tree_child (sound, "audio");

        if (audio != NULL && !has_audio (devices, vf_domain_tree_attribute (audio, "id")))
            vf_domain_tree_remove (audio);
    }
}

static void
drop_implicit_audio (xmlNode *devices)
{
    xmlNode *device, *next;

    for (device = vf_domain_tree_child (devices, "audio"); device != NULL; device = next) {
        next = vf_domain_tree_next (device, "audio");
        if (vf_domain_removal_is_implicit (device))
            vf_domain_tree_remove (device);
    }
}

static void
restore_devices (xmlNode *devices, const xmlNode *before, VfDisplayProfile profile)
{
    g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
    const xmlNode *device = vf_domain_tree_child (before, NULL);
    gboolean spice;

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        if (vf_domain_removal_takes (device, profile) && !has_kind (devices, device))
            g_ptr_array_add (wanted, (gpointer) device);
    }
    /* Graphics first: whether they speak SPICE decides what else may come back. */
    for (guint i = 0; i < wanted->len; i++) {
        if (vf_domain_tree_is (wanted->pdata[i], "graphics"))
            put_back (devices, wanted->pdata[i]);
    }
    spice = has_spice (devices);
    for (guint i = 0; i < wanted->len; i++) {
        device = wanted->pdata[i];
        if (vf_domain_tree_is (device, "graphics")
            || (vf_domain_removal_needs_spice (device) && !spice))
            continue;
        if (vf_domain_tree_is (device, "audio"))
            drop_implicit_audio (devices);
        put_back (devices, device);
    }
    mend_sound (devices);
}

static VfDisplayProfile
profile_of (const VfDomainXml *current, const VfDomainXml *after)
{
    const char *mark = vf_domain_xml_mark (current);
    VfDisplayProfile profile = VF_DISPLAY_PROFILE_MONITOR;

    if (mark == NULL && after != NULL)
        mark = vf_domain_xml_mark (after);
    if (mark != NULL)
        vf_display_profile_parse (mark, &profile, NULL);
    return profile;
}

VfDomainXml *
vf_domain_edit_deactivate (VfDomainXml *current,
                           VfDomainXml *before,
                           VfDomainXml *after,
                           GError **error)
{
    g_autoptr (xmlDoc) document = NULL;
    xmlNode *root, *devices;

    if (g_strcmp0 (vf_domain_xml_uuid (current), vf_domain_xml_uuid (before)) != 0) {
        vf_error_set (error, VF_REASON_DOMAIN_CHANGED,
                      "This is not the VM that was activated: its UUID is another one. Nothing was "
                      "changed.");
        return NULL;
    }
    if (after != NULL && vf_domain_xml_equal (current, after))
        return vf_domain_xml_ref (before);
    document = xmlCopyDoc (vf_domain_xml_document (current), 1);
    root = xmlDocGetRootElement (document);
    devices = vf_domain_tree_child (root, "devices");
    if (devices == NULL) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM has no <devices>. 'virsh dumpxml VM' shows what "
                      "libvirt has.");
        return NULL;
    }
    remove_ours (devices, devices_of (before), devices_of (after));
    restore_devices (devices, devices_of (before), profile_of (current, after));
    remove_mark (root, before);
    return vf_domain_xml_new (g_steal_pointer (&document), error);
}
