/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What set-up has changed on this host, so that exactly that can be taken back. Its text has a line
 * for people and one value in GVariant's text form. */
#pragma once

#include "vf-setup-item.h"

/* One change that was made, or was about to be when the host went down. */
typedef struct {
    char *item; /* id of the item that it belongs to */
    VfFollowUp follow_ups;
    VfAmendment *amendment;
} VfManifestEntry;

typedef struct _VfManifest VfManifest;

VfManifest *vf_manifest_new (void);
void vf_manifest_free (VfManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfManifest, vf_manifest_free)

/* VF_REASON_FOREIGN_STATE when @text is none; the caller owns the manifest. */
VfManifest *vf_manifest_parse (const char *text, GError **error);
/* The caller owns the text. */
char *vf_manifest_format (const VfManifest *manifest);

guint vf_manifest_size (const VfManifest *manifest);
/* In the order in which they were made. Belongs to @manifest. */
const VfManifestEntry *vf_manifest_get (const VfManifest *manifest, guint index);

/* What has not been told of the changes yet. */
VfFollowUp vf_manifest_pending (const VfManifest *manifest);
void vf_manifest_set_pending (VfManifest *manifest, VfFollowUp pending);

/* Whether there is nothing to take back and nobody to tell. */
gboolean vf_manifest_is_empty (const VfManifest *manifest);

/* Takes @amendment. */
void vf_manifest_add (VfManifest *manifest,
                      const char *item,
                      VfFollowUp follow_ups,
                      VfAmendment *amendment);
void vf_manifest_remove (VfManifest *manifest, guint index);
