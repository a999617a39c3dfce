/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns plans and their one stored and sent form. */
#include "vf-plan.h"

#include "vf-error.h"

struct _VfPlan {
    VfTarget target;
    GPtrArray *steps;
};

static const char *const targets[] = {
    [VF_TARGET_HOST] = "host",
    [VF_TARGET_VFIO] = "vfio",
};

VfPlan *
vf_plan_new (VfTarget target, GPtrArray *steps)
{
    VfPlan *plan = g_atomic_rc_box_new0 (VfPlan);

    plan->target = target;
    plan->steps = steps;
    return plan;
}

VfPlan *
vf_plan_ref (VfPlan *plan)
{
    return g_atomic_rc_box_acquire (plan);
}

static void
clear (gpointer data)
{
    VfPlan *plan = data;

    g_ptr_array_unref (plan->steps);
}

void
vf_plan_unref (VfPlan *plan)
{
    g_atomic_rc_box_release_full (plan, clear);
}

VfTarget
vf_plan_target (const VfPlan *plan)
{
    return plan->target;
}

guint
vf_plan_length (const VfPlan *plan)
{
    return plan->steps->len;
}

const VfStep *
vf_plan_step (const VfPlan *plan, guint index)
{
    return g_ptr_array_index (plan->steps, index);
}

const char *
vf_target_id (VfTarget target)
{
    return targets[target];
}

gboolean
vf_target_from_id (const char *id, VfTarget *target)
{
    for (gsize i = 0; i < G_N_ELEMENTS (targets); i++) {
        if (g_str_equal (id, targets[i])) {
            *target = (VfTarget) i;
            return TRUE;
        }
    }
    return FALSE;
}

GVariant *
vf_plan_to_variant (const VfPlan *plan)
{
    GVariantBuilder steps;

    g_variant_builder_init (&steps, G_VARIANT_TYPE ("a" VF_STEP_VARIANT_TYPE));
    for (guint i = 0; i < plan->steps->len; i++)
        g_variant_builder_add_value (&steps, vf_step_to_variant (vf_plan_step (plan, i)));
    return g_variant_new (VF_PLAN_VARIANT_TYPE, targets[plan->target], &steps);
}

VfPlan *
vf_plan_from_variant (GVariant *variant, GError **error)
{
    g_autoptr (GPtrArray) steps = NULL;
    g_autoptr (GVariant) list = NULL;
    const char *target_id;
    VfTarget target;

    if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (VF_PLAN_VARIANT_TYPE))) {
        vf_error_set (error, VF_REASON_INTERNAL, "a plan of another form");
        return NULL;
    }
    g_variant_get_child (variant, 0, "&s", &target_id);
    if (!vf_target_from_id (target_id, &target)) {
        vf_error_set (error, VF_REASON_INTERNAL, "a plan for an unknown target");
        return NULL;
    }
    steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);
    list = g_variant_get_child_value (variant, 1);
    for (gsize i = 0; i < g_variant_n_children (list); i++) {
        g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
        VfStep *step = vf_step_from_variant (child, error);

        if (step == NULL)
            return NULL;
        g_ptr_array_add (steps, step);
    }
    return vf_plan_new (target, g_steal_pointer (&steps));
}
