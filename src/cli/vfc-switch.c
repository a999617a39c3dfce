/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the switch by hand and how a plan reads. */
#include "vfc-switch.h"

#include "vf-text.h"
#include "vfc-agent.h"
#include "vfc-gpu.h"
#include "vfc-interrupt.h"
#include "vfc-progress.h"

#include <stdio.h>

static void
add_step (const VfStep *step, JsonBuilder *builder)
{
    g_autofree char *words = vf_text_step (step);
    g_autofree char *ids = g_strdup_printf ("%04x:%04x", step->ids >> 16, step->ids & 0xffff);

    json_builder_begin_object (builder);
    vfc_json_text (builder, "kind", vf_step_kind_id (step->kind));
    vfc_json_text (builder, "address", vf_pci_address_format (step->address).text);
    vfc_json_text (builder, "ids", ids);
    vfc_json_text (builder, "value", step->value);
    vfc_json_text (builder, "text", words);
    json_builder_end_object (builder);
}

void
vfc_switch_add_plan_json (const VfPlan *plan, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "plan");
    if (plan == NULL) {
        json_builder_add_null_value (builder);
        return;
    }
    json_builder_begin_object (builder);
    vfc_json_text (builder, "target", vf_target_id (vf_plan_target (plan)));
    json_builder_set_member_name (builder, "steps");
    json_builder_begin_array (builder);
    for (guint i = 0; i < vf_plan_length (plan); i++)
        add_step (vf_plan_step (plan, i), builder);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

void
vfc_switch_print_plan (const VfPlan *plan)
{
    for (guint i = 0; i < vf_plan_length (plan); i++) {
        g_autofree char *words = vf_text_step (vf_plan_step (plan, i));

        printf ("%2u  %s\n", i + 1, words);
    }
}

gboolean
vfc_switch_plan (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (JsonBuilder) builder = NULL;
    g_autoptr (VfPlan) plan = vf_client_plan (gpu, target, NULL, &blockers, error);

    if (plan == NULL && blockers == NULL)
        return FALSE;
    if (run->json) {
        builder = vfc_json_begin ();
        vfc_json_text (builder, "gpu", vf_dbus_gpu_get_address (gpu));
        vfc_switch_add_plan_json (plan, builder);
        vfc_json_blockers (builder, blockers);
        vfc_json_end (run, builder);
    }
    if (plan == NULL) {
        g_propagate_error (error, vf_blockers_to_error (blockers));
        return FALSE;
    }
    if (!run->json && vf_plan_length (plan) > 0)
        vfc_switch_print_plan (plan);
    if (vf_plan_length (plan) == 0)
        vfc_say ("There is nothing to do.");
    return TRUE;
}

static void
answer (VfcRun *run, VfClientGpu *gpu)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();
    g_autoptr (VfcGpu) shown = vfc_gpu_from_client (gpu);

    vfc_gpu_add_json (shown, builder);
    vfc_json_end (run, builder);
}

gboolean
vfc_switch_do (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error)
{
    G_GNUC_UNUSED g_autoptr (VfcAgent) agent = vfc_agent_new (run);
    G_GNUC_UNUSED g_autoptr (VfcProgress) progress = vfc_progress_new (gpu);
    g_autoptr (VfcInterrupt) interrupt = target == VF_TARGET_VFIO ? vfc_interrupt_new () : NULL;

    return vf_client_switch (
        gpu, target, interrupt != NULL ? vfc_interrupt_cancellable (interrupt) : NULL, error);
}

gboolean
vfc_switch_run (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error)
{
    const char *address = vf_dbus_gpu_get_address (gpu);

    if (!vfc_switch_do (run, gpu, target, error))
        return FALSE;
    if (run->json)
        answer (run, gpu);
    else if (target == VF_TARGET_VFIO)
        vfc_say ("%s is lent. It stays so until \"virtflow return %s\".", address, address);
    else
        vfc_say ("%s is back on the host.", address);
    return TRUE;
}
