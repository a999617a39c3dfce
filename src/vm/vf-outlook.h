/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that can be said of an activation before it is done. A value; nothing is changed by it. */
#pragma once

#include "vf-activation.h"

typedef struct {
    gboolean stops_vm;
    GPtrArray *losses; /* texts: which devices the VM gives up */
    VfPlan *plan; /* what happens to the GPU; NULL when it goes with the start, or not at all */
    GPtrArray *blockers; /* VfBlocker pointers: why not; empty when it can be done */
    char *diff;          /* of the domain's text, without passwords; NULL when it cannot be done */
} VfOutlook;

/* Blocks. A refusal is not a failure: it stands in the blockers. The caller owns the result. */
VfOutlook *vf_outlook_new (const VfMachine *machine, const VfActivationWish *wish, GError **error);
void vf_outlook_free (VfOutlook *outlook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfOutlook, vf_outlook_free)
