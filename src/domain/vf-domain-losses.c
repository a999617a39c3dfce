/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the names of the devices that are taken out. */
#include "vf-domain-losses.h"

#include "vf-domain-removal.h"
#include "vf-domain-tree.h"

#include <glib/gi18n-lib.h>

static char *
describe_video (const xmlNode *device)
{
    const char *type = vf_domain_tree_attribute (vf_domain_tree_child (device, "model"), "type");

    return type != NULL ? g_strdup_printf (C_ ("device of a VM", "%s video card"), type)
                        : g_strdup (C_ ("device of a VM", "video card"));
}

static char *
describe (const xmlNode *device)
{
    const char *type = vf_domain_tree_attribute (device, "type");
    const char *model = vf_domain_tree_attribute (device, "model");

    if (vf_domain_tree_is (device, "graphics"))
        return type != NULL ? g_strdup_printf (C_ ("device of a VM", "%s display"), type)
                            : g_strdup (C_ ("device of a VM", "display"));
    if (vf_domain_tree_is (device, "video"))
        return describe_video (device);
    if (vf_domain_tree_is (device, "sound"))
        return model != NULL ? g_strdup_printf (C_ ("device of a VM", "%s sound card"), model)
                             : g_strdup (C_ ("device of a VM", "sound card"));
    if (vf_domain_tree_is (device, "redirdev"))
        return g_strdup (C_ ("device of a VM", "USB redirection"));
    if (vf_domain_tree_is (device, "channel"))
        return g_strdup (C_ ("device of a VM", "channel of the display (clipboard, resizing)"));
    if (vf_domain_tree_is (device, "audio"))
        return type != NULL ? g_strdup_printf (C_ ("device of a VM", "%s sound output"), type)
                            : g_strdup (C_ ("device of a VM", "sound output"));
    return g_strdup ((const char *) device->name);
}

GPtrArray *
vf_domain_losses (const VfDomainXml *domain, VfDisplayProfile profile)
{
    GPtrArray *losses = g_ptr_array_new_with_free_func (g_free);
    const xmlNode *root = xmlDocGetRootElement (vf_domain_xml_document (domain));
    const xmlNode *device = vf_domain_tree_child (vf_domain_tree_child (root, "devices"), NULL);

    for (; device != NULL; device = vf_domain_tree_next (device, NULL)) {
        if (vf_domain_removal_takes (device, profile) && !vf_domain_removal_is_implicit (device))
            g_ptr_array_add (losses, describe (device));
    }
    return losses;
}
