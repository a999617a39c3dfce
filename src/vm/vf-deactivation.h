/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reverse of an activation: the VM as it was, with what its owner changed since; the GPU on the
 * host; the pairing forgotten. Blocks as vf-transaction.h says. */
#pragma once

#include "vf-pairing.h"
#include "vf-preview.h"
#include "vf-transaction.h"

/* Either may be NULL, not both: a domain that was undefined has a pairing left, and one that was
 * copied from another host has only the mark. */
typedef struct {
    VfMachine *machine;
    const VfPairing *pairing;
} VfDeactivationSubject;

/* Finds what @name, a VM's name or UUID, means. @machine (the caller owns it) and @pairing (belongs
 * to @pairings) are set to what there is. VF_REASON_NO_SUCH_VM when that is nothing. */
gboolean vf_deactivation_find (virConnect *connection,
                               const GPtrArray *pairings,
                               const char *name,
                               VfDeactivationSubject *subject,
                               GError **error);

/* VF_REASON_TRANSIENT_DOMAIN, VF_REASON_MANAGED_SAVE, VF_REASON_NO_SUCH_PAIRING, and all that may
 * be wrong with the texts. Looks only; asks the daemon for the stored texts, which may ask for a
 * password. Both texts are the same when the domain would not be changed. */
gboolean vf_deactivation_preview (const VfTransaction *transaction,
                                  const VfDeactivationSubject *subject,
                                  VfPreview *preview,
                                  GError **error);

gboolean vf_deactivation_run (const VfTransaction *transaction,
                              const VfDeactivationSubject *subject,
                              GError **error);
