/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the question what a removed device must give up to come back: nothing of the owner's is ever
 * changed for it, except the silent <audio> that libvirt made. */
#include "vf-domain-restore.h"

#include "vf-display-profile.h"
#include "vf-domain-conflict.h"
#include "vf-domain-format.h"
#include "vf-domain-place.h"
#include "vf-domain-removal.h"
#include "vf-domain-tree.h"

/* The texts of all devices in @devices, each in its canonical form. */
static GHashTable *
canonical_set (const xmlNode *devices)
{
    GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL))
        g_hash_table_add (set, vf_domain_format_canonical (node));
    return set;
}

static gboolean
is_in (GHashTable *set, const xmlNode *device)
{
    g_autofree char *text = vf_domain_format_canonical (device);

    return g_hash_table_contains (set, text);
}

/* What activation took out and the owner has not put back himself. No profile takes out more than
 * this one; what it did take out is not in @after. */
static GPtrArray *
list_missing (const xmlNode *devices, const xmlNode *before, const xmlNode *after)
{
    GPtrArray *missing = g_ptr_array_new ();
    g_autoptr (GHashTable) kept = canonical_set (after);
    g_autoptr (GHashTable) there = canonical_set (devices);

    for (xmlNode *node = vf_domain_tree_child (before, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_removal_takes (node, VF_DISPLAY_PROFILE_MONITOR) && !is_in (kept, node)
            && !is_in (there, node))
            g_ptr_array_add (missing, node);
    }
    return missing;
}

/* The device of @devices that says the same as @device. */
static xmlNode *
find_same (const xmlNode *devices, const xmlNode *device)
{
    g_autofree char *wanted = vf_domain_format_canonical (device);

    for (xmlNode *node = vf_domain_tree_child (devices, (const char *) device->name); node != NULL;
         node = vf_domain_tree_next (node, (const char *) device->name)) {
        g_autofree char *text = vf_domain_format_canonical (node);

        if (g_str_equal (text, wanted))
            return node;
    }
    return NULL;
}

/* Among devices of one kind the order may count, as for serial ports: @copy, of @device, goes
 * before the one that followed it before. */
static void
insert (xmlNode *devices, const xmlNode *device, xmlNode *copy)
{
    const char *name = (const char *) device->name;

    for (const xmlNode *next = vf_domain_tree_next (device, name); next != NULL;
         next = vf_domain_tree_next (next, name)) {
        xmlNode *sibling = find_same (devices, next);

        if (sibling != NULL) {
            vf_domain_tree_insert (devices, sibling, copy);
            return;
        }
    }
    vf_domain_place_device (devices, copy);
}

static void
remove_child (xmlNode *parent, const char *name)
{
    xmlNode *child = vf_domain_tree_child (parent, name);

    if (child != NULL)
        vf_domain_tree_remove (child);
}

static void
put_back (xmlNode *devices, const xmlNode *before, const xmlNode *device)
{
    xmlNode *copy = xmlDocCopyNode ((xmlNode *) device, devices->doc, 1);

    if (vf_domain_conflict_address (devices, before, copy))
        remove_child (copy, "address");
    if (vf_domain_conflict_alias (devices, copy))
        remove_child (copy, "alias");
    if (vf_domain_conflict_boot (devices, copy))
        remove_child (copy, "boot");
    insert (devices, device, copy);
}

static void
drop_implicit_audio (xmlNode *devices, const char *id)
{
    xmlNode *node = vf_domain_conflict_find_audio (devices, id);

    if (node != NULL && vf_domain_removal_is_implicit (node))
        vf_domain_tree_remove (node);
}

/* What came back may name an <audio> that did not. */
static void
mend_audio_references (xmlNode *devices)
{
    for (xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        const xmlNode *reference = vf_domain_tree_child (node, "audio");
        const char *id = vf_domain_tree_attribute (reference, "id");

        if (id != NULL && vf_domain_conflict_find_audio (devices, id) == NULL)
            remove_child (node, "audio");
    }
}

void
vf_domain_restore (xmlNode *devices, const xmlNode *before, const xmlNode *after)
{
    g_autoptr (GPtrArray) missing = list_missing (devices, before, after);
    g_autoptr (GPtrArray) wanted = g_ptr_array_new ();

    /* Judged before the first one is back: they are no conflict for each other. */
    for (guint i = 0; i < missing->len; i++) {
        if (!vf_domain_conflict_kind (devices, missing->pdata[i]))
            g_ptr_array_add (wanted, missing->pdata[i]);
    }
    /* Graphics first: whether they speak SPICE decides what else can be there. */
    for (guint i = 0; i < wanted->len; i++) {
        if (vf_domain_tree_is (wanted->pdata[i], "graphics"))
            put_back (devices, before, wanted->pdata[i]);
    }
    for (guint i = 0; i < wanted->len; i++) {
        const xmlNode *device = wanted->pdata[i];

        if (vf_domain_tree_is (device, "graphics")
            || (vf_domain_removal_needs_spice (device) && !vf_domain_conflict_has_spice (devices)))
            continue;
        if (vf_domain_tree_is (device, "audio"))
            drop_implicit_audio (devices, vf_domain_tree_attribute (device, "id"));
        put_back (devices, before, device);
    }
    mend_audio_references (devices);
}
