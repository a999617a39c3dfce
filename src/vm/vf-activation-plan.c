/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what keeps a VM from a GPU: not the same as what keeps the caller from it, of which the
 * daemon tells. */
#include "vf-activation.h"

#include "vf-claim.h"
#include "vf-text.h"

#include <string.h>

/* Who the GPU is reserved for; NULL when that is nobody. */
static VfClaim *
claim_on (VfClientGpu *gpu)
{
    g_autoptr (GVariant) claimant = vf_dbus_gpu_dup_claimant (gpu);
    g_autoptr (VfClaim) claim = claimant != NULL ? vf_claim_from_variant (claimant) : NULL;

    return claim != NULL && claim->kind != VF_CLAIM_NONE ? g_steal_pointer (&claim) : NULL;
}

static void
add_claimed (GPtrArray *blockers, const VfActivationWish *wish, const VfClaim *claim)
{
    g_autofree char *text = vf_dbus_gpu_dup_address (wish->gpu);
    VfPciAddress address = { 0 };

    vf_pci_address_parse (text, &address, NULL);
    g_ptr_array_add (blockers,
                     vf_blocker_new (claim->kind == VF_CLAIM_VM ? VF_REASON_CLAIMED_BY_VM
                                                                : VF_REASON_CLAIMED_BY_USER,
                                     claim->label, vf_text_claimed (address, claim)));
}

static gboolean
is_claimed (const GPtrArray *blockers)
{
    for (guint i = 0; i < blockers->len; i++) {
        VfReason reason = ((const VfBlocker *) g_ptr_array_index (blockers, i))->reason;

        if (reason == VF_REASON_CLAIMED_BY_VM || reason == VF_REASON_CLAIMED_BY_USER)
            return TRUE;
    }
    return FALSE;
}

static void
judge_for_vm (GPtrArray *blockers, const VfMachine *machine, const VfActivationWish *wish)
{
    g_autoptr (VfClaim) claim = claim_on (wish->gpu);
    gboolean is_ours =
        claim != NULL && claim->kind == VF_CLAIM_VM && strcmp (claim->id, machine->uuid) == 0;

    for (guint i = blockers->len; i-- > 0;) {
        VfReason reason = ((const VfBlocker *) g_ptr_array_index (blockers, i))->reason;

        if ((is_ours && reason == VF_REASON_CLAIMED_BY_VM)
            || (wish->on_start && reason == VF_REASON_HELD_BY_PROCESS))
            g_ptr_array_remove_index (blockers, i);
    }
    if (claim != NULL && !is_ours && !is_claimed (blockers))
        add_claimed (blockers, wish, claim);
}

VfPlan *
vf_activation_plan (const VfMachine *machine,
                    const VfActivationWish *wish,
                    GPtrArray **blockers,
                    GError **error)
{
    g_autoptr (GPtrArray) found = NULL;
    g_autoptr (VfPlan) plan = vf_client_plan (wish->gpu, VF_TARGET_VFIO, &found, error);

    if (plan == NULL && found == NULL)
        return NULL;
    if (found == NULL)
        found = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    judge_for_vm (found, machine, wish);
    if (plan != NULL && found->len == 0)
        return g_steal_pointer (&plan);
    *blockers = g_steal_pointer (&found);
    return NULL;
}
