/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look ahead at an activation. */
#include "vf-outlook.h"

#include "vf-domain-losses.h"

void
vf_outlook_free (VfOutlook *outlook)
{
    g_clear_pointer (&outlook->losses, g_ptr_array_unref);
    g_clear_pointer (&outlook->plan, vf_plan_unref);
    g_clear_pointer (&outlook->blockers, g_ptr_array_unref);
    g_free (outlook->diff);
    g_free (outlook);
}

/* Takes @error, which is about the VM. */
static void
refuse (VfOutlook *outlook, const VfMachine *machine, GError *error)
{
    g_autoptr (GError) owned = error;

    g_ptr_array_add (outlook->blockers, vf_blocker_new (vf_error_reason (owned), machine->name,
                                                        g_strdup (owned->message)));
}

static gboolean
look_at_gpu (VfOutlook *outlook,
             const VfMachine *machine,
             const VfActivationWish *wish,
             GError **error)
{
    g_autoptr (GPtrArray) blockers = NULL;
    GError *failure = NULL;

    outlook->plan = vf_activation_plan (machine, wish, &blockers, &failure);
    if (outlook->plan == NULL && blockers == NULL) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    if (blockers != NULL)
        outlook->blockers = g_steal_pointer (&blockers);
    else
        outlook->blockers = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    return TRUE;
}

static gboolean
look_at_machine (VfOutlook *outlook,
                 const VfMachine *machine,
                 const VfActivationWish *wish,
                 GError **error)
{
    g_auto (VfPreview) preview = { 0 };
    g_autoptr (VfDomainXml) domain = NULL;

    if (!vf_activation_preview (machine, wish, &preview, error))
        return FALSE;
    domain = vf_domain_xml_parse (preview.before, -1, error);
    if (domain == NULL)
        return FALSE;
    outlook->stops_vm = preview.stops_vm;
    outlook->losses = vf_domain_losses (domain, wish->profile);
    outlook->diff = vf_preview_diff (&preview);
    return TRUE;
}

VfOutlook *
vf_outlook_new (const VfMachine *machine, const VfActivationWish *wish, GError **error)
{
    g_autoptr (VfOutlook) outlook = g_new0 (VfOutlook, 1);
    GError *refusal = NULL;

    if (!look_at_gpu (outlook, machine, wish, error))
        return NULL;
    if (!look_at_machine (outlook, machine, wish, &refusal))
        refuse (outlook, machine, refusal);
    if (outlook->losses == NULL)
        outlook->losses = g_ptr_array_new_with_free_func (g_free);
    return g_steal_pointer (&outlook);
}
