/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is looked for in a domain that does not start, or not well. */
#include "vf-domain-health.h"

#include "vf-domain-conflict.h"
#include "vf-domain-removal.h"
#include "vf-domain-tree.h"

#include <string.h>

static const xmlNode *
root_of (const VfDomainXml *domain)
{
    return xmlDocGetRootElement (vf_domain_xml_document (domain));
}

static char *
describe (const xmlNode *device)
{
    const xmlNode *source =
        vf_domain_tree_is (device, "rng") ? vf_domain_tree_child (device, "backend") : device;

    return g_strdup_printf ("%s %s", (const char *) device->name,
                            vf_domain_tree_attribute (source, "type"));
}

GPtrArray *
vf_domain_health_orphans (const VfDomainXml *domain)
{
    GPtrArray *orphans = g_ptr_array_new_with_free_func (g_free);
    const xmlNode *devices = vf_domain_tree_child (root_of (domain), "devices");

    if (vf_domain_conflict_has_spice (devices))
        return orphans;
    for (const xmlNode *device = vf_domain_tree_child (devices, NULL); device != NULL;
         device = vf_domain_tree_next (device, NULL)) {
        if (vf_domain_removal_needs_spice (device))
            g_ptr_array_add (orphans, describe (device));
    }
    return orphans;
}

/* libvirt chooses firmware for <os firmware='efi'>; a pflash loader is UEFI as well. */
gboolean
vf_domain_health_has_uefi (const VfDomainXml *domain)
{
    const xmlNode *os = vf_domain_tree_child (root_of (domain), "os");

    return vf_domain_tree_attribute_is (os, "firmware", "efi")
           || vf_domain_tree_attribute_is (vf_domain_tree_child (os, "loader"), "type", "pflash");
}

gboolean
vf_domain_health_has_express (const VfDomainXml *domain)
{
    const xmlNode *devices = vf_domain_tree_child (root_of (domain), "devices");

    for (const xmlNode *controller = vf_domain_tree_child (devices, "controller");
         controller != NULL; controller = vf_domain_tree_next (controller, "controller")) {
        if (vf_domain_tree_attribute_is (controller, "model", "pcie-root"))
            return TRUE;
    }
    return FALSE;
}

guint
vf_domain_health_count_video (const VfDomainXml *domain)
{
    const xmlNode *devices = vf_domain_tree_child (root_of (domain), "devices");
    guint count = 0;

    for (const xmlNode *video = vf_domain_tree_child (devices, "video"); video != NULL;
         video = vf_domain_tree_next (video, "video")) {
        const xmlNode *model = vf_domain_tree_child (video, "model");

        count += vf_domain_tree_attribute_is (model, "type", "none") ? 0 : 1;
    }
    return count;
}
