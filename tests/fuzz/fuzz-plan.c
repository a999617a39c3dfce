/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one form of a plan: what is read is what is written, and every step of it has words. */
#include "fuzz.h"
#include "vf-text.h"

#include <string.h>

static GVariant *
form_of (const VfPlan *plan)
{
    return g_variant_ref_sink (vf_plan_to_variant (plan));
}

static void
check (const VfPlan *plan)
{
    g_autoptr (GVariant) once = form_of (plan);
    g_autoptr (VfPlan) again = vf_plan_from_variant (once, NULL);
    g_autoptr (GVariant) twice = NULL;

    FUZZ_ASSERT (again != NULL);
    twice = form_of (again);
    FUZZ_ASSERT (g_variant_is_normal_form (once));
    FUZZ_ASSERT (g_variant_equal (once, twice));
    for (guint i = 0; i < vf_plan_length (plan); i++) {
        g_autofree char *words = vf_text_step (vf_plan_step (plan, i));

        FUZZ_ASSERT (*words != '\0');
        FUZZ_ASSERT (strlen (vf_plan_step (plan, i)->value) <= VF_STEP_VALUE_MAX);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_from_data (
        G_VARIANT_TYPE (VF_PLAN_VARIANT_TYPE), copy, size, FALSE, g_free, copy));
    g_autoptr (GError) error = NULL;
    g_autoptr (VfPlan) plan = vf_plan_from_variant (variant, &error);

    FUZZ_ASSERT ((plan != NULL) == (error == NULL));
    if (plan != NULL)
        check (plan);
    return 0;
}
