/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest that has the GPU is looked at: what activation takes out of its domain. */
#pragma once

#include <glib.h>

typedef enum {
    VF_DISPLAY_PROFILE_MONITOR, /* "monitor": a screen at the GPU; no virtual display, no sound */
    VF_DISPLAY_PROFILE_KEEP,    /* "keep": nothing is taken out, the GPU is a second display */
} VfDisplayProfile;
#define VF_N_DISPLAY_PROFILES (VF_DISPLAY_PROFILE_KEEP + 1)

/* The id, "monitor"; never NULL. Ids stand in domains, pairings and on the command line. */
const char *vf_display_profile_id (VfDisplayProfile profile);

/* Reads an id. VF_REASON_INVALID_OPTION for any other text; @profile is then left alone. */
gboolean vf_display_profile_parse (const char *id, VfDisplayProfile *profile, GError **error);
