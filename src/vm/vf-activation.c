/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of an activation, and what is undone when a step of it fails. */
#include "vf-activation.h"

#include "vf-domain-change.h"
#include "vf-domain-edit.h"

/* The functions of the GPU as the daemon shows them: of one slot, ascending. */
static GArray *
functions_of (VfClientGpu *gpu)
{
    GArray *functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    g_autoptr (GVariant) shown = vf_dbus_gpu_dup_functions (gpu);
    VfPciAddress address;
    const char *text;

    for (gsize i = 0; shown != NULL && i < g_variant_n_children (shown); i++) {
        g_variant_get_child (shown, i, "(&s&s&s&s&si)", &text, NULL, NULL, NULL, NULL, NULL);
        if (vf_pci_address_parse (text, &address, NULL))
            g_array_append_val (functions, address);
    }
    return functions;
}

/* @text with the GPU in it; the caller owns it. */
static char *
edit (const char *text, const VfActivationWish *wish, GError **error)
{
    g_autoptr (GArray) functions = functions_of (wish->gpu);
    g_autoptr (VfDomainXml) before = vf_domain_xml_parse (text, -1, error);
    g_autoptr (VfDomainXml) after = NULL;

    if (before == NULL)
        return NULL;
    after = vf_domain_edit_activate (before, (const VfPciAddress *) functions->data, functions->len,
                                     wish->profile, wish->inputs, error);
    return after != NULL ? g_strdup (vf_domain_xml_text (after)) : NULL;
}

gboolean
vf_activation_is_possible (const VfMachine *machine, GError **error)
{
    g_autoptr (VfDomainXml) domain = NULL;
    g_autofree char *text = NULL;

    if (!vf_domain_change_is_possible (machine, error))
        return FALSE;
    text = vf_machine_text (machine, error);
    domain = text != NULL ? vf_domain_xml_parse (text, -1, error) : NULL;
    return domain != NULL && vf_domain_edit_is_possible (domain, error);
}

gboolean
vf_activation_preview (const VfMachine *machine,
                       const VfActivationWish *wish,
                       VfPreview *preview,
                       GError **error)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (!vf_domain_change_is_possible (machine, error))
        return FALSE;
    before = vf_machine_text (machine, error);
    after = before != NULL ? edit (before, wish, error) : NULL;
    if (after == NULL)
        return FALSE;
    *preview = (VfPreview){ .stops_vm = vf_machine_is_active (machine),
                            .before = g_steal_pointer (&before),
                            .after = g_steal_pointer (&after) };
    return TRUE;
}

VfPlan *
vf_activation_plan (const VfMachine *machine,
                    const VfActivationWish *wish,
                    GPtrArray **blockers,
                    GError **error)
{
    VfPlan *plan = vf_client_plan (wish->gpu, VF_TARGET_VFIO, machine->uuid, blockers, error);

    for (guint i = *blockers != NULL ? (*blockers)->len : 0; wish->on_start && i-- > 0;) {
        const VfBlocker *blocker = g_ptr_array_index (*blockers, i);

        if (blocker->reason == VF_REASON_HELD_BY_PROCESS)
            g_ptr_array_remove_index (*blockers, i);
    }
    return plan;
}

/* Before anybody is asked for a password. */
static gboolean
check (const VfMachine *machine, const VfActivationWish *wish, GError **error)
{
    g_auto (VfPreview) preview = { 0 };
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;

    if (!vf_activation_preview (machine, wish, &preview, error))
        return FALSE;
    plan = vf_activation_plan (machine, wish, &blockers, error);
    if (blockers != NULL && blockers->len > 0)
        g_propagate_error (error, vf_blockers_to_error (blockers));
    return plan != NULL || (blockers != NULL && blockers->len == 0);
}

/* Says once more what failed, and what became of the rest. Takes @failure. */
static void
undo (const VfTransaction *transaction,
      VfDomainChange *change,
      const VfActivationWish *wish,
      GError *failure,
      GError **error)
{
    const VfMachine *machine = change->machine;
    g_autofree char *address = vf_dbus_gpu_dup_address (wish->gpu);
    g_autoptr (GError) owned = failure;
    g_autoptr (GError) second = NULL;

    vf_transaction_tell (transaction, "The activation of %s is undone.", machine->name);
    if (!vf_domain_change_undo (change, &second)) {
        vf_error_set (
            error, VF_REASON_UNDO_FAILED,
            "%s The VM was then to be put back as it was, and that failed as well: %s Try "
            "\"virtflow deactivate %s\".",
            owned->message, second->message, machine->name);
        return;
    }
    if (!vf_client_drop_pairing (transaction->client, machine->uuid, &second)
        && !vf_error_is (second, VF_REASON_NO_SUCH_PAIRING)) {
        vf_error_set (error, VF_REASON_UNDO_FAILED,
                      "%s The VM is defined as it was, but %s is still reserved for it: %s "
                      "\"virtflow deactivate %s\" tries once more.",
                      owned->message, address, second->message, machine->name);
        return;
    }
    /* Where nothing was lent, or somebody else has dropped the pairing, the GPU may be anywhere. */
    if (wish->on_start || second != NULL)
        vf_error_set (error, vf_error_reason (owned), "%s The VM is defined as it was.",
                      owned->message);
    else
        vf_error_set (error, vf_error_reason (owned),
                      "%s The VM is defined as it was, and %s was returned to the host.",
                      owned->message, address);
}

/* The text of the VM says that it is not activated. A pairing that says it is was left by a daemon
 * that was killed, or its owner has put the old text back. */
static gboolean
pair_anew (const VfTransaction *transaction,
           const VfClientPairing *pairing,
           const VfActivationWish *wish,
           GError **error)
{
    g_autoptr (GError) first = NULL;

    if (vf_client_pair (wish->gpu, pairing, transaction->cancellable, &first))
        return TRUE;
    if (!vf_error_is (first, VF_REASON_ALREADY_ACTIVATED)) {
        g_propagate_error (error, g_steal_pointer (&first));
        return FALSE;
    }
    vf_transaction_tell (transaction, "What was left of an earlier activation of %s is dropped.",
                         pairing->name);
    return vf_client_drop_pairing (transaction->client, pairing->uuid, error)
           && vf_client_pair (wish->gpu, pairing, transaction->cancellable, error);
}

static gboolean
pair (const VfTransaction *transaction,
      const VfDomainChange *change,
      const VfActivationWish *wish,
      GError **error)
{
    g_autofree char *address = vf_dbus_gpu_dup_address (wish->gpu);
    VfClientPairing pairing = {
        .uuid = change->machine->uuid,
        .name = change->machine->name,
        .before = change->before,
        .profile = vf_display_profile_id (wish->profile),
        .on_start = wish->on_start,
    };

    if (wish->on_start)
        vf_transaction_tell (transaction, "%s is being reserved for the VM %s.", address,
                             change->machine->name);
    else
        vf_transaction_tell (transaction, "%s is being lent to the VM %s.", address,
                             change->machine->name);
    return pair_anew (transaction, &pairing, wish, error);
}

static gboolean
define (const VfTransaction *transaction, VfDomainChange *change, const char *text, GError **error)
{
    g_autofree char *after = NULL;

    vf_transaction_tell (transaction, "The VM %s is being defined with its GPU.",
                         change->machine->name);
    return vf_domain_change_define (change, text, &after, error)
           && vf_client_confirm (transaction->client, change->machine->uuid, after, error);
}

gboolean
vf_activation_run (const VfTransaction *transaction,
                   VfMachine *machine,
                   const VfActivationWish *wish,
                   GError **error)
{
    g_auto (VfDomainChange) change = { 0 };
    g_autofree char *address = vf_dbus_gpu_dup_address (wish->gpu);
    g_autofree char *text = NULL;
    GError *failure = NULL;

    vf_transaction_tell (transaction, "The VM %s and %s are looked at.", machine->name, address);
    if (!vf_machine_refresh (machine, error) || !check (machine, wish, error)
        || !vf_transaction_may_proceed (transaction, machine, error)
        || !vf_domain_change_begin (&change, machine, error)
        || !vf_domain_change_settle (&change, error))
        return FALSE;
    text = edit (change.before, wish, error);
    if (text == NULL || !vf_transaction_may_go_on (transaction, error)
        || !pair (transaction, &change, wish, error))
        return FALSE;
    if (!vf_transaction_stop_vm (transaction, machine, &failure)
        || !define (transaction, &change, text, &failure)) {
        undo (transaction, &change, wish, failure, error);
        return FALSE;
    }
    vf_transaction_tell (transaction, "The VM %s has %s from its next start on.", machine->name,
                         address);
    return TRUE;
}
