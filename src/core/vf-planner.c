/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the decision: whether a GPU may go to the target, or why not. */
#include "vf-planner.h"

#include "vf-holder.h"
#include "vf-text.h"
#include "vf-way.h"

#include <glib/gi18n-lib.h>

VfStand
vf_planner_stand (const VfGpu *gpu, const VfRecord *record)
{
    guint on_vfio = 0, at_home = 0;

    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        on_vfio += vf_pci_function_on_vfio (function) ? 1 : 0;
        at_home += record != NULL && vf_record_is_at_home (record, function) ? 1 : 0;
    }
    if (record == NULL)
        return on_vfio > 0 || vf_gpu_display (gpu)->driver == NULL ? VF_STAND_FOREIGN
                                                                   : VF_STAND_HOST;
    if (on_vfio == gpu->n_functions)
        return VF_STAND_LENT;
    return at_home == gpu->n_functions ? VF_STAND_HOST : VF_STAND_MIXED;
}

static void
add_blocker (GPtrArray *blockers, VfReason reason, VfPciAddress subject, char *sentence)
{
    g_ptr_array_add (blockers,
                     vf_blocker_new (reason, vf_pci_address_format (subject).text, sentence));
}

/* Another card in the slot that is with the host stands in nobody's way home. */
static void
block_other_card (const VfGpu *gpu, const VfRecord *record, VfTarget target, GPtrArray *blockers)
{
    g_autofree char *identity = vf_gpu_identity (gpu);

    if (record != NULL && !vf_record_is_of (record, gpu)
        && (target == VF_TARGET_VFIO || vf_gpu_any_on_vfio (gpu)))
        add_blocker (blockers, VF_REASON_IDENTITY_CHANGED, gpu->address,
                     vf_text_identity_changed (gpu->address, record->identity, identity));
}

static void
block_host_display (const VfGpu *gpu, const VfSnapshot *snapshot, GPtrArray *blockers)
{
    g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, snapshot);

    if (evidence != NULL)
        add_blocker (blockers, VF_REASON_HOST_DISPLAY, gpu->address,
                     vf_text_host_display (gpu->address, evidence));
}

static void
block_missing_support (const VfGpu *gpu, const VfSnapshot *snapshot, GPtrArray *blockers)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (gpu->functions[i]->iommu_group == VF_NO_IOMMU_GROUP) {
            add_blocker (blockers, VF_REASON_NO_IOMMU, gpu->address,
                         vf_text_no_iommu (gpu->address));
            break;
        }
    }
    if (vf_snapshot_vfio (snapshot) == VF_VFIO_MISSING)
        add_blocker (blockers, VF_REASON_NO_VFIO_PCI, gpu->address, vf_text_no_vfio ());
}

static void
block_group_mates (const VfGpu *gpu, const VfSnapshot *snapshot, GPtrArray *blockers)
{
    g_autoptr (GPtrArray) mates = vf_gpu_group_mates (gpu, snapshot);

    for (guint i = 0; i < mates->len; i++) {
        const VfPciFunction *mate = g_ptr_array_index (mates, i);

        add_blocker (blockers, VF_REASON_FOREIGN_GROUP_MEMBER, mate->address,
                     vf_text_foreign_group_member (gpu->address, mate));
    }
}

static void
block_carried (const VfGpu *gpu, GPtrArray *blockers)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->carries != NULL)
            add_blocker (blockers, VF_REASON_CARRIES_DEVICE, function->address,
                         vf_text_carries_device (gpu->address, function));
    }
}

static void
block_foreign_driver (const VfGpu *gpu, GPtrArray *blockers)
{
    const VfPciFunction *display = vf_gpu_display (gpu);

    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (vf_pci_function_on_vfio (function) || (function == display && function->driver == NULL))
            add_blocker (blockers, VF_REASON_FOREIGN_DRIVER, function->address,
                         vf_text_foreign_driver (function));
    }
}

static void
block_claim (const VfFacts *facts, const VfRequest *request, const VfGpu *gpu, GPtrArray *blockers)
{
    const VfClaim *claim = facts->claim;

    if (claim == NULL || claim->kind == VF_CLAIM_NONE || request->claimant == NULL
        || vf_claim_equal (claim, request->claimant))
        return;
    g_ptr_array_add (blockers,
                     vf_blocker_new (claim->kind == VF_CLAIM_VM ? VF_REASON_CLAIMED_BY_VM
                                                                : VF_REASON_CLAIMED_BY_USER,
                                     claim->label, vf_text_claimed (gpu->address, claim)));
}

void
vf_planner_block_holders (VfTarget target,
                          VfPciAddress gpu,
                          const GPtrArray *holders,
                          gboolean last_look,
                          GPtrArray *blockers)
{
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);
        g_autofree char *subject = g_strdup_printf (_ ("pid %u"), holder->pid);

        if (target == VF_TARGET_HOST)
            g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_VM_RUNNING, subject,
                                                       vf_text_vm_running (gpu, holder)));
        else if (!vf_holder_is_idle_sound_server (holder)
                 && (last_look || !vf_holder_is_known_service (holder)))
            g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_HELD_BY_PROCESS, subject,
                                                       vf_text_held (gpu, holder)));
    }
}

static void
block_known_holders (const VfFacts *facts, VfTarget target, const VfGpu *gpu, GPtrArray *blockers)
{
    if (facts->holders != NULL)
        vf_planner_block_holders (target, gpu->address, facts->holders, FALSE, blockers);
}

/* One that was begun that way goes on that way. */
static gboolean
is_by_alias (const VfFacts *facts, const VfRequest *request)
{
    return request->target == VF_TARGET_HOST && facts->record == NULL
           && (request->by_alias || facts->unfinished);
}

static void
collect_blockers (const VfFacts *facts,
                  const VfRequest *request,
                  const VfGpu *gpu,
                  GPtrArray *blockers)
{
    VfStand stand = vf_planner_stand (gpu, facts->record);

    block_other_card (gpu, facts->record, request->target, blockers);
    if (request->target == VF_TARGET_HOST) {
        if (stand == VF_STAND_FOREIGN && !is_by_alias (facts, request))
            block_foreign_driver (gpu, blockers);
        block_known_holders (facts, request->target, gpu, blockers);
        return;
    }
    block_claim (facts, request, gpu, blockers);
    if (stand == VF_STAND_LENT)
        return;
    if (vf_policy_denies (facts->policy, gpu->address))
        add_blocker (blockers, VF_REASON_DENIED_BY_POLICY, gpu->address,
                     vf_text_denied (gpu->address));
    block_missing_support (gpu, facts->snapshot, blockers);
    block_host_display (gpu, facts->snapshot, blockers);
    block_group_mates (gpu, facts->snapshot, blockers);
    block_carried (gpu, blockers);
    if (stand == VF_STAND_FOREIGN)
        block_foreign_driver (gpu, blockers);
    block_known_holders (facts, request->target, gpu, blockers);
}

VfPlan *
vf_planner_plan (const VfFacts *facts, const VfRequest *request, GPtrArray **blockers)
{
    g_autoptr (GPtrArray) found = NULL;
    VfGpu gpu;

    found = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    if (!vf_gpu_find (facts->snapshot, request->gpu, &gpu)) {
        VfPciAddressText address = vf_pci_address_format (request->gpu);

        add_blocker (found, VF_REASON_NO_SUCH_GPU, request->gpu,
                     vf_text_no_such_gpu (address.text));
    } else {
        collect_blockers (facts, request, &gpu, found);
    }
    if (found->len > 0) {
        *blockers = g_steal_pointer (&found);
        return NULL;
    }
    if (request->target == VF_TARGET_VFIO)
        return vf_way_to_vfio (facts, &gpu);
    return is_by_alias (facts, request) ? vf_way_to_host_by_alias (facts, &gpu)
                                        : vf_way_to_host (facts, &gpu);
}
