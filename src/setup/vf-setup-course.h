/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a set-up and of its undo: nothing is changed that the manifest does not have
 * before. */
#pragma once

#include "vf-manifest.h"

/* Where it happens, and who is told. */
typedef struct {
    int root;             /* of the machine */
    const char *manifest; /* path of its file below @root; the folder is there */
    /* Does one of the follow-ups. */
    gboolean (*follow) (VfFollowUp follow_up, gpointer data, GError **error);
    gpointer data;
} VfSetupPlace;

/* What was changed up to now; empty when nothing was. VF_REASON_FOREIGN_STATE when nobody can tell.
 */
VfManifest *vf_setup_course_recall (const VfSetupPlace *place, GError **error);

/* Makes the changes of @item, if it has any, and all follow-ups that are pending. When one of its
 * own fails, those changes that were made are taken back. */
gboolean vf_setup_course_make (const VfSetupPlace *place, const VfSetupItem *item, GError **error);

/* Takes back all that was changed, from the last to the first. What somebody has changed since
 * stays, is told in @kept (strings), and is his from then on. What the system does not let be
 * written stays in the manifest: VF_REASON_INTERNAL then. A follow-up that fails is pending. */
gboolean vf_setup_course_undo (const VfSetupPlace *place, GPtrArray *kept, GError **error);
