/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what goes with the virtual display. What libvirt accepts without one stays: the
 * channels of guest agent and clipboard, redirected devices over TCP, smartcards of the host. */
#include "vf-domain-removal.h"

#include "vf-domain-tree.h"

static gboolean
is_one_of (const xmlNode *device, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (vf_domain_tree_is (device, *names))
            return TRUE;
    }
    return FALSE;
}

gboolean
vf_domain_removal_needs_spice (const xmlNode *device)
{
    static const char *const names[] = { "channel",   "serial",   "parallel", "console",
                                         "smartcard", "redirdev", NULL };
    static const char *const types[] = { "spicevmc", "spiceport", NULL };
    const xmlNode *source = device;
    const char *type;

    if (vf_domain_tree_is (device, "audio"))
        return vf_domain_tree_attribute_is (device, "type", "spice");
    if (vf_domain_tree_is (device, "rng"))
        source = vf_domain_tree_child (device, "backend");
    else if (!is_one_of (device, names))
        return FALSE;
    type = vf_domain_tree_attribute (source, "type");
    return type != NULL && g_strv_contains (types, type);
}

gboolean
vf_domain_removal_takes (const xmlNode *device, VfDisplayProfile profile)
{
    static const char *const names[] = { "sound", "audio", "graphics", "video", NULL };

    switch (profile) {
    case VF_DISPLAY_PROFILE_MONITOR:
        return is_one_of (device, names) || vf_domain_removal_needs_spice (device);
    case VF_DISPLAY_PROFILE_KEEP:
        return FALSE;
    }
    g_return_val_if_reached (FALSE);
}

gboolean
vf_domain_removal_is_mediated_display (const xmlNode *device)
{
    return vf_domain_tree_is (device, "hostdev")
           && vf_domain_tree_attribute_is (device, "type", "mdev")
           && vf_domain_tree_attribute_is (device, "display", "on");
}

gboolean
vf_domain_removal_is_implicit (const xmlNode *device)
{
    return vf_domain_tree_is (device, "audio")
           && vf_domain_tree_attribute_is (device, "type", "none")
           && vf_domain_tree_child (device, NULL) == NULL;
}
