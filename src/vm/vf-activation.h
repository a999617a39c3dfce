/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving a VM a GPU, and taking it back, each as one transaction of the domain's text, the pairing
 * and the GPU: when a step fails, all of them are as they were, and the error says so. Both block
 * as vf-transaction.h says. */
#pragma once

#include "vf-display-profile.h"
#include "vf-preview.h"
#include "vf-transaction.h"

typedef struct {
    VfClientGpu *gpu;
    VfDisplayProfile profile;
    gboolean on_start; /* the first start takes the GPU; it stays with the host until then */
} VfActivationWish;

/* The part of a preview that needs no GPU yet. Why @machine could not be given any:
 * VF_REASON_TRANSIENT_DOMAIN, VF_REASON_MANAGED_SAVE, VF_REASON_ALREADY_ACTIVATED. */
gboolean vf_activation_is_possible (const VfMachine *machine, GError **error);

/* Looks at the VM alone; whether the GPU could go vf_client_plan() tells. Changes nothing. */
gboolean vf_activation_preview (const VfMachine *machine,
                                const VfActivationWish *wish,
                                VfPreview *preview,
                                GError **error);

/* Gives @machine the GPU of @wish: it is off and defined with the GPU then. */
gboolean vf_activation_run (const VfTransaction *transaction,
                            VfMachine *machine,
                            const VfActivationWish *wish,
                            GError **error);
