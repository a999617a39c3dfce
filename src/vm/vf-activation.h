/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving a VM a GPU, and taking it back, each as one transaction of the domain's text, the pairing
 * and the GPU: when a step fails, all of them are as they were, and the error says so. Both block
 * as vf-transaction.h says. */
#pragma once

#include "vf-display-profile.h"
#include "vf-input.h"
#include "vf-preview.h"
#include "vf-transaction.h"

typedef struct {
    VfClientGpu *gpu;
    VfDisplayProfile profile;
    gboolean on_start; /* the first start takes the GPU; it stays with the host until then */
    /* VfInput, for a VM without SPICE to be used by; may be NULL. Whether they are there is not
     * looked at: ask vf_input_list_check(). */
    const GPtrArray *inputs;
} VfActivationWish;

/* The part of a preview that needs no GPU yet. Why @machine could not be given any:
 * VF_REASON_TRANSIENT_DOMAIN, VF_REASON_MANAGED_SAVE, VF_REASON_ALREADY_ACTIVATED. */
gboolean vf_activation_is_possible (const VfMachine *machine, GError **error);

/* Looks at the VM alone; whether the GPU could go vf_activation_plan() tells. Changes nothing. */
gboolean vf_activation_preview (const VfMachine *machine,
                                const VfActivationWish *wish,
                                VfPreview *preview,
                                GError **error);

/* As vf_client_plan() for the VM @machine. When the GPU goes with the VM's first start, who holds
 * it now is no reason against it: then there may be neither a plan nor a reason, and @blockers is
 * empty. */
VfPlan *vf_activation_plan (const VfMachine *machine,
                            const VfActivationWish *wish,
                            GPtrArray **blockers,
                            GError **error);

/* Gives @machine the GPU of @wish: it is off and defined with the GPU then.
 *
 * A VM that runs is stopped last, when the password was typed and the GPU is lent: whoever loses
 * the guest's work does so for a GPU that is there. The price is that the host does without its GPU
 * while the guest shuts down; nobody on the host used it, or it would not have been lent, and when
 * the guest does not stop in time it is returned and the domain was not touched. */
gboolean vf_activation_run (const VfTransaction *transaction,
                            VfMachine *machine,
                            const VfActivationWish *wish,
                            GError **error);
