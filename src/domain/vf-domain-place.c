/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which libvirt prints a domain. It reads any other order as well: this one keeps
 * the differences that people are shown small. */
#include "vf-domain-place.h"

#include "vf-domain-tree.h"

#include <string.h>

static const char *const head[] = { "name", "uuid", "genid", "title", "description" };

static const char *const devices_order[] = {
    "emulator", "disk",       "controller", "lease",   "filesystem", "interface",   "smartcard",
    "serial",   "parallel",   "console",    "channel", "input",      "tpm",         "graphics",
    "sound",    "audio",      "video",      "hostdev", "redirdev",   "redirfilter", "hub",
    "watchdog", "memballoon", "rng",        "nvram",   "panic",      "shmem",       "memory",
    "iommu",    "vsock",      "crypto",
};

/* The place of a kind; unknown ones, of a newer libvirt, come last. */
static gsize
rank (const xmlNode *node)
{
    gsize i = 0;

    while (i < G_N_ELEMENTS (devices_order) && !vf_domain_tree_is (node, devices_order[i]))
        i++;
    return i;
}

void
vf_domain_place_device (xmlNode *devices, xmlNode *device)
{
    gsize own = rank (device);
    xmlNode *node = vf_domain_tree_child (devices, NULL);
    xmlNode *before = node;

    for (; node != NULL; node = vf_domain_tree_next (node, NULL)) {
        if (rank (node) <= own)
            before = vf_domain_tree_next (node, NULL);
    }
    vf_domain_tree_insert (devices, before, device);
}

static gboolean
is_head (const xmlNode *node)
{
    for (gsize i = 0; i < G_N_ELEMENTS (head); i++) {
        if (vf_domain_tree_is (node, head[i]))
            return TRUE;
    }
    return FALSE;
}

xmlNode *
vf_domain_place_metadata (xmlNode *root)
{
    xmlNode *metadata = vf_domain_tree_child (root, "metadata");
    xmlNode *before = vf_domain_tree_child (root, NULL);

    if (metadata != NULL)
        return metadata;
    while (before != NULL && is_head (before))
        before = vf_domain_tree_next (before, NULL);
    metadata = xmlNewDocNode (root->doc, NULL, (const xmlChar *) "metadata", NULL);
    vf_domain_tree_insert (root, before, metadata);
    return metadata;
}
