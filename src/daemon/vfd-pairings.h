/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All pairings, in a folder of a file each. */
#pragma once

#include "vfd-pairing.h"

typedef struct _VfdPairings VfdPairings;

/* Loads what is in the folder "pairings" of the state folder @state; both are made when they are
 * not there. A file that cannot be read, or is none to believe (vfd-state-file.h), is left alone
 * and logged. */
VfdPairings *vfd_pairings_load (const char *state, GError **error);
void vfd_pairings_free (VfdPairings *pairings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdPairings, vfd_pairings_free)

/* Tells @listener, the only one, of every pairing that was added, confirmed or dropped. */
void vfd_pairings_listen (VfdPairings *pairings, void (*listener) (gpointer data), gpointer data);

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

/* Notes, on disk, that its GPU is lent at each start from now on. */
gboolean vfd_pairings_set_on_start (VfdPairings *pairings, VfdPairing *pairing, GError **error);

/* Removes it; on failure it is kept as it is. */
gboolean vfd_pairings_drop (VfdPairings *pairings, const char *uuid, GError **error);
