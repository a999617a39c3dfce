/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which VM may have which GPU, as the daemon tells it. A value with owned strings. */
#pragma once

#include "vf-client.h"

typedef struct {
    char *uuid;
    char *name; /* of the VM when it was paired */
    char *gpu;  /* address of the slot */
    char *profile;
    gboolean on_start; /* its first start takes the GPU */
    gboolean pending;  /* the domain may not name the GPU yet */
    gboolean present;  /* that very card is in that slot now */
} VfPairing;

VfPairing *vf_pairing_copy (const VfPairing *pairing);
void vf_pairing_free (VfPairing *pairing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfPairing, vf_pairing_free)

/* What ListPairings answers, of type "aa{sv}"; the caller owns the array, which frees them. */
GPtrArray *vf_pairings_from_variant (GVariant *list);

/* All pairings; the caller owns the array, which frees them. */
GPtrArray *vf_pairing_list (VfClient *client, GError **error);

/* The one of @pairings with this UUID; NULL when there is none. */
const VfPairing *vf_pairing_find (const GPtrArray *pairings, const char *uuid);

/* The only one of a VM that had this name; NULL when there is none or more than one. */
const VfPairing *vf_pairing_find_name (const GPtrArray *pairings, const char *name);
