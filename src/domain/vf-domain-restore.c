/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the question what a removed device must give up to come back: nothing of the owner's is ever
 * changed for it, except the silent <audio> that libvirt made. */
#include "vf-domain-restore.h"

#include "vf-display-profile.h"
#include "vf-domain-conflict.h"
#include "vf-domain-format.h"
#include "vf-domain-place.h"
#include "vf-domain-removal.h"
#include "vf-domain-slot.h"
#include "vf-domain-tree.h"
#include "vf-domain-usb.h"

/* The devices in @devices, each by its canonical form. */
static GHashTable *
index_devices (const xmlNode *devices)
{
    GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL))
        g_hash_table_insert (index, vf_domain_format_canonical (node), node);
    return index;
}

static xmlNode *
find (GHashTable *index, const xmlNode *device)
{
    g_autofree char *text = vf_domain_format_canonical (device);

    return g_hash_table_lookup (index, text);
}

/* What activation took out and the owner has not put back himself. No profile takes out more than
 * this one; what it did take out is not in @after. */
static GPtrArray *
list_missing (GHashTable *there, const xmlNode *before, const xmlNode *after)
{
    GPtrArray *missing = g_ptr_array_new ();
    g_autoptr (GHashTable) kept = index_devices (after);

    for (xmlNode *node = vf_domain_tree_child (before, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_removal_takes (node, VF_DISPLAY_PROFILE_MONITOR) && find (kept, node) == NULL
            && find (there, node) == NULL)
            g_ptr_array_add (missing, node);
    }
    return missing;
}

/* For each device of @before the next one of its name that is there. Among devices of one kind the
 * order may count, as for serial ports. */
static GHashTable *
find_successors (GHashTable *there, const xmlNode *before)
{
    GHashTable *successors = g_hash_table_new (NULL, NULL);
    g_autoptr (GHashTable) next = g_hash_table_new (g_str_hash, g_str_equal);

    for (xmlNode *node = before != NULL ? before->last : NULL; node != NULL; node = node->prev) {
        xmlNode *same;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        g_hash_table_insert (successors, node, g_hash_table_lookup (next, node->name));
        same = find (there, node);
        /* The one that libvirt made may yet go. */
        if (same != NULL && !vf_domain_removal_is_implicit (same))
            g_hash_table_insert (next, (gpointer) node->name, same);
    }
    return successors;
}

static void
remove_child (xmlNode *parent, const char *name)
{
    xmlNode *child = vf_domain_tree_child (parent, name);

    if (child != NULL)
        vf_domain_tree_remove (child);
}

/* A restoration under way. */
typedef struct {
    xmlNode *devices;
    const xmlNode *before;
    GHashTable *successors;
    guint without_slot; /* how many are back that libvirt has yet to find a slot or a port for */
    guint without_port;
} Restoration;

static gboolean
has_free_slot (const Restoration *restoration)
{
    return vf_domain_slot_count_free (restoration->devices->parent) > restoration->without_slot;
}

static gboolean
has_free_port (const Restoration *restoration)
{
    return vf_domain_usb_count_free (restoration->devices) > restoration->without_port;
}

/* Takes the <address> of @copy off if it is of no use. FALSE if libvirt could not find another, or
 * would miss this one for a device that has none. */
static gboolean
free_address (Restoration *restoration, xmlNode *copy)
{
    const xmlNode *address = vf_domain_tree_child (copy, "address");
    gboolean is_pci = vf_domain_tree_attribute_is (address, "type", "pci");
    gboolean is_usb = vf_domain_tree_attribute_is (address, "type", "usb");
    gboolean is_taken =
        vf_domain_conflict_address (restoration->devices, restoration->before, copy);

    if (is_pci && (is_taken || restoration->without_slot > 0) && !has_free_slot (restoration))
        return FALSE;
    if (is_usb && (is_taken || restoration->without_port > 0) && !has_free_port (restoration))
        return FALSE;
    if (!is_taken)
        return TRUE;
    restoration->without_slot += is_pci;
    restoration->without_port += is_usb;
    remove_child (copy, "address");
    return TRUE;
}

static void
put_back (Restoration *restoration, const xmlNode *device)
{
    xmlNode *devices = restoration->devices;
    xmlNode *copy = xmlDocCopyNode ((xmlNode *) device, devices->doc, 1);
    xmlNode *successor;

    if (!free_address (restoration, copy)) {
        xmlFreeNode (copy);
        return;
    }
    if (vf_domain_conflict_alias (devices, copy))
        remove_child (copy, "alias");
    if (vf_domain_conflict_boot (devices, copy))
        remove_child (copy, "boot");
    successor = g_hash_table_lookup (restoration->successors, device);
    if (successor != NULL)
        vf_domain_tree_insert (devices, successor, copy);
    else
        vf_domain_place_device (devices, copy);
}

static void
drop_implicit_audio (xmlNode *devices, const char *id)
{
    xmlNode *node = vf_domain_conflict_find_audio (devices, id);

    if (node != NULL && vf_domain_removal_is_implicit (node))
        vf_domain_tree_remove (node);
}

/* Whether libvirt takes @audio, which may be NULL, for the sound of @device. */
static gboolean
is_audio_for (const xmlNode *audio, const xmlNode *device)
{
    if (vf_domain_tree_is (device, "graphics")
        && vf_domain_tree_attribute_is (device, "type", "dbus"))
        return vf_domain_tree_attribute_is (audio, "type", "dbus");
    return audio != NULL;
}

/* What came back may name an <audio> that did not, or that is another one now. */
static void
mend_audio_references (xmlNode *devices)
{
    for (xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        const xmlNode *reference = vf_domain_tree_child (node, "audio");
        const char *id = vf_domain_tree_attribute (reference, "id");

        if (id != NULL && !is_audio_for (vf_domain_conflict_find_audio (devices, id), node))
            remove_child (node, "audio");
    }
}

/* Whether something in the result forbids @device, other than one of its kind. */
static gboolean
is_out_of_place (const Restoration *restoration, const xmlNode *device)
{
    const xmlNode *devices = restoration->devices;

    /* libvirt gives graphics a video device if they have none. */
    if (vf_domain_tree_is (device, "graphics"))
        return vf_domain_tree_child (devices, "video") == NULL && !has_free_slot (restoration);
    return vf_domain_removal_needs_spice (device) && !vf_domain_conflict_has_spice (devices);
}

static gboolean
is_video (const xmlNode *device)
{
    return vf_domain_tree_is (device, "video");
}

static gboolean
is_graphics (const xmlNode *device)
{
    return vf_domain_tree_is (device, "graphics");
}

static gboolean
is_neither (const xmlNode *device)
{
    return !is_video (device) && !is_graphics (device);
}

static void
put_all_back (Restoration *restoration,
              const GPtrArray *wanted,
              gboolean (*is_meant) (const xmlNode *))
{
    for (guint i = 0; i < wanted->len; i++) {
        const xmlNode *device = wanted->pdata[i];

        if (!is_meant (device) || is_out_of_place (restoration, device))
            continue;
        if (vf_domain_tree_is (device, "audio"))
            drop_implicit_audio (restoration->devices, vf_domain_tree_attribute (device, "id"));
        put_back (restoration, device);
    }
}

void
vf_domain_restore (xmlNode *devices, const xmlNode *before, const xmlNode *after)
{
    g_autoptr (GHashTable) there = index_devices (devices);
    g_autoptr (GHashTable) successors = find_successors (there, before);
    g_autoptr (GPtrArray) missing = list_missing (there, before, after);
    g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
    Restoration restoration = { devices, before, successors, 0, 0 };

    /* Judged before the first one is back: they are no conflict for each other. */
    for (guint i = 0; i < missing->len; i++) {
        if (!vf_domain_conflict_kind (devices, missing->pdata[i]))
            g_ptr_array_add (wanted, missing->pdata[i]);
    }
    /* The picture first: where there is not room for all, it counts most. Then graphics, without
     * which some of the others cannot be. */
    put_all_back (&restoration, wanted, is_video);
    put_all_back (&restoration, wanted, is_graphics);
    put_all_back (&restoration, wanted, is_neither);
    mend_audio_references (devices);
}
