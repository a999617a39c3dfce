/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which VM may have which GPU, and the VM's original text: authorised once, kept on disk. */
#pragma once

#include "vf-pci-address.h"

#include <gio/gio.h>

typedef struct {
    char *uuid; /* of the domain, lower case, in canonical form */
    char *name; /* of the domain when it was paired */
    VfPciAddress gpu;
    char *identity; /* vf_gpu_identity() */
    char *profile;
    gboolean on_start; /* bind at each start, not at activation */
    gboolean pending;  /* nobody has said yet that the domain was defined with its GPU */
    GBytes
        *before;   /* the domain's text before activation, with its final NUL; may hold passwords */
    GBytes *after; /* right after it; "" while pending */
    char *owner;   /* unique bus name that made it, while it is pending; not stored */
    char *opener;  /* unique bus name that was authorised to open it last; not stored */
    guint owner_watch;
} VfdPairing;

void vfd_pairing_free (VfdPairing *pairing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdPairing, vfd_pairing_free)

/* A UUID as libvirt prints it: lower case, with dashes. */
gboolean vfd_pairing_is_uuid (const char *text);

/* All pairings, in a folder of a file each. */
typedef struct _VfdPairings VfdPairings;

/* Loads what is in the folder at @path, which is made when it is not there. A file that cannot be
 * read is left alone and logged. */
VfdPairings *vfd_pairings_load (const char *path, GError **error);
void vfd_pairings_free (VfdPairings *pairings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdPairings, vfd_pairings_free)

/* NULL when there is none; belongs to @pairings. */
VfdPairing *vfd_pairings_find (VfdPairings *pairings, const char *uuid);

/* All of them, as borrowed pointers; the caller owns the array. */
GPtrArray *vfd_pairings_list (VfdPairings *pairings);

/* Takes @pairing, whether it succeeds or not, in place of one of the same UUID; on disk when this
 * returns TRUE. */
gboolean vfd_pairings_store (VfdPairings *pairings, VfdPairing *pairing, GError **error);

/* Notes, on disk, that the domain of @pairing, which belongs to @pairings, was defined with its
 * GPU, and is @after then. */
gboolean
vfd_pairings_confirm (VfdPairings *pairings, VfdPairing *pairing, GBytes *after, GError **error);

void vfd_pairings_drop (VfdPairings *pairings, const char *uuid);
