/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What will be done, step by step. A counted value that does not change: shown, sent and journaled
 * in this one form. */
#pragma once

#include "vf-step.h"

typedef enum {
    VF_TARGET_HOST,
    VF_TARGET_VFIO,
} VfTarget;

typedef struct _VfPlan VfPlan;

/* Takes @steps, an array of VfStep pointers with vf_step_free() as its free function. */
VfPlan *vf_plan_new (VfTarget target, GPtrArray *steps);
VfPlan *vf_plan_ref (VfPlan *plan);
void vf_plan_unref (VfPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfPlan, vf_plan_unref)

VfTarget vf_plan_target (const VfPlan *plan);
guint vf_plan_length (const VfPlan *plan);
const VfStep *vf_plan_step (const VfPlan *plan, guint index);

/* "host" or "vfio". */
const char *vf_target_id (VfTarget target);
gboolean vf_target_from_id (const char *id, VfTarget *target);

/* Type "(sa(ssus))": target and steps. Floating. */
#define VF_PLAN_VARIANT_TYPE "(sa" VF_STEP_VARIANT_TYPE ")"
GVariant *vf_plan_to_variant (const VfPlan *plan);
/* NULL with VF_REASON_INTERNAL for anything malformed. */
VfPlan *vf_plan_from_variant (GVariant *variant, GError **error);
