/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what goes with the virtual display. */
#include "vf-domain-removal.h"

#include "vf-domain-tree.h"

#include <string.h>

static gboolean
is_one_of (const xmlNode *device, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (vf_domain_tree_is (device, *names))
            return TRUE;
    }
    return FALSE;
}

/* Devices that may speak SPICE to the viewer. */
static gboolean
is_character_device (const xmlNode *device)
{
    static const char *const names[] = { "channel",   "serial",   "parallel", "console",
                                         "smartcard", "redirdev", NULL };

    return is_one_of (device, names);
}

static gboolean
has_type (const xmlNode *device, const char *const *types)
{
    const char *type = vf_domain_tree_attribute (device, "type");

    return type != NULL && g_strv_contains (types, type);
}

gboolean
vf_domain_removal_needs_spice (const xmlNode *device)
{
    static const char *const types[] = { "spicevmc", "spiceport", NULL };

    if (vf_domain_tree_is (device, "audio"))
        return vf_domain_tree_attribute_is (device, "type", "spice");
    return is_character_device (device) && has_type (device, types);
}

gboolean
vf_domain_removal_takes (const xmlNode *device, VfDisplayProfile profile)
{
    static const char *const names[] = { "sound", "audio", "graphics", "video", NULL };
    /* The clipboard agent talks to spice or vnc graphics. */
    static const char *const clipboard[] = { "qemu-vdagent", NULL };

    if (profile == VF_DISPLAY_PROFILE_KEEP)
        return FALSE;
    return is_one_of (device, names) || vf_domain_removal_needs_spice (device)
           || (vf_domain_tree_is (device, "channel") && has_type (device, clipboard));
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
           && vf_domain_tree_attribute_is (device, "type", "none");
}
