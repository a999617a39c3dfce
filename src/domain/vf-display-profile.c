/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the ids of the display profiles. */
#include "vf-display-profile.h"

#include "vf-error.h"

#include <string.h>

static const char *const ids[] = {
    [VF_DISPLAY_PROFILE_MONITOR] = "monitor",
    [VF_DISPLAY_PROFILE_KEEP] = "keep",
};
G_STATIC_ASSERT (G_N_ELEMENTS (ids) == VF_N_DISPLAY_PROFILES);

const char *
vf_display_profile_id (VfDisplayProfile profile)
{
    g_return_val_if_fail (profile < VF_N_DISPLAY_PROFILES, ids[VF_DISPLAY_PROFILE_MONITOR]);
    return ids[profile];
}

gboolean
vf_display_profile_parse (const char *id, VfDisplayProfile *profile, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
        if (strcmp (ids[i], id) == 0) {
            *profile = (VfDisplayProfile) i;
            return TRUE;
        }
    }

    g_autofree char *shown = g_strescape (id, NULL);
    vf_error_set (error, VF_REASON_INVALID_OPTION,
                  "There is no display profile '%.40s'. Choose 'monitor' (a screen is connected to "
                  "the GPU) or 'keep' (the VM keeps its virtual display).",
                  shown);
    return FALSE;
}
