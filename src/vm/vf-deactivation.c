/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of a deactivation, and what it makes of domains and pairings that lack their
 * counterpart. */
#include "vf-deactivation.h"

#include "vf-domain-change.h"
#include "vf-domain-edit.h"
#include "vf-domain-gpu.h"

#include <glib/gi18n-lib.h>

gboolean
vf_deactivation_find (virConnect *connection,
                      const GPtrArray *pairings,
                      const char *name,
                      VfDeactivationSubject *subject,
                      GError **error)
{
    g_autoptr (GError) failure = NULL;
    VfMachine *machine = vf_machine_find (connection, name, &failure);
    const VfPairing *pairing;

    if (machine != NULL) {
        *subject = (VfDeactivationSubject){ machine, vf_pairing_find (pairings, machine->uuid) };
        return TRUE;
    }
    pairing = vf_pairing_find (pairings, name);
    if (pairing == NULL)
        pairing = vf_pairing_find_name (pairings, name);
    if (pairing == NULL || !vf_error_is (failure, VF_REASON_NO_SUCH_VM)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    *subject = (VfDeactivationSubject){ NULL, pairing };
    return TRUE;
}

/* FALSE when that is not known, or not an address. */
static gboolean
gpu_of (const VfDeactivationSubject *subject, VfPciAddress *gpu)
{
    if (subject->pairing == NULL || !vf_pci_address_parse (subject->pairing->gpu, gpu, NULL))
        return FALSE;
    gpu->function = 0;
    return TRUE;
}

/* The functions that the activation gave the domain, as far as they can be told; empty when none
 * can. */
static GArray *
functions_of (const VfDeactivationSubject *subject, const VfDomainXml *current, GError **error)
{
    VfPciAddress gpu;
    GArray *functions;

    if (!gpu_of (subject, &gpu))
        return vf_domain_gpu_guess (current, error);
    functions = vf_domain_gpu_functions (current, gpu);
    /* Function 0, without which no activation is, the owner may have taken out. */
    if (functions->len == 0 || g_array_index (functions, VfPciAddress, 0).function != 0)
        g_array_prepend_val (functions, gpu);
    return functions;
}

/* What the activation made of @before, where nobody kept it: made once more. */
static VfDomainXml *
guess_after (const VfDeactivationSubject *subject,
             const VfDomainXml *current,
             VfDomainXml *before,
             GError **error)
{
    g_autoptr (GArray) functions = functions_of (subject, current, error);
    VfDisplayProfile profile = VF_DISPLAY_PROFILE_MONITOR;

    if (functions == NULL)
        return NULL;
    if (functions->len == 0)
        return vf_domain_xml_ref (before);
    vf_display_profile_parse (subject->pairing != NULL ? subject->pairing->profile
                                                       : vf_domain_xml_mark (current),
                              &profile, NULL);
    return vf_domain_edit_activate (before, (const VfPciAddress *) functions->data, functions->len,
                                    profile, NULL, error);
}

/* Stands for the domain before an activation of which nothing is known but what is in @current:
 * from a domain without devices, its reversal takes out the GPU and the mark and brings nothing
 * back. */
static VfDomainXml *
guess_before (const VfDomainXml *current, GError **error)
{
    g_autofree char *text = g_strdup_printf (
        "<domain type='qemu'><name>unknown</name><uuid>%s</uuid>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
        "<devices><controller type='pci' index='0' model='pcie-root'/></devices></domain>",
        vf_domain_xml_uuid (current));

    return vf_domain_xml_parse (text, -1, error);
}

/* The text that @current is to be replaced by; the caller owns it. @stored and @stored_after are
 * what the daemon keeps, or NULL. */
static char *
restore (const VfDeactivationSubject *subject,
         VfDomainXml *current,
         const char *stored,
         const char *stored_after,
         GError **error)
{
    g_autoptr (VfDomainXml) before = NULL;
    g_autoptr (VfDomainXml) after = NULL;
    g_autoptr (VfDomainXml) restored = NULL;

    before =
        stored != NULL ? vf_domain_xml_parse (stored, -1, error) : guess_before (current, error);
    if (before == NULL)
        return NULL;
    after = stored_after != NULL ? vf_domain_xml_parse (stored_after, -1, error)
                                 : guess_after (subject, current, before, error);
    if (after == NULL)
        return NULL;
    restored = vf_domain_edit_deactivate (current, before, after, error);
    return restored != NULL ? g_strdup (vf_domain_xml_text (restored)) : NULL;
}

/* Whether there is nothing of ours in the domain: it was never defined with its GPU, or its owner
 * has put another text in its place. The mark alone may be gone with other metadata, and the VM
 * would then never start. */
static gboolean
is_left_alone (const VfDeactivationSubject *subject, const VfDomainXml *current)
{
    g_autoptr (GArray) functions = NULL;
    VfPciAddress gpu;

    if (subject->pairing == NULL || vf_domain_xml_mark (current) != NULL)
        return FALSE;
    if (subject->pairing->pending || !gpu_of (subject, &gpu))
        return TRUE;
    functions = vf_domain_gpu_functions (current, gpu);
    return functions->len == 0;
}

/* @text as it should be; @text itself when the domain is left alone. */
static char *
edit (const VfTransaction *transaction,
      const VfDeactivationSubject *subject,
      const char *text,
      GError **error)
{
    g_autoptr (VfDomainXml) current = vf_domain_xml_parse (text, -1, error);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (current == NULL)
        return NULL;
    if (is_left_alone (subject, current))
        return g_strdup (text);
    if (subject->pairing == NULL && vf_domain_xml_mark (current) == NULL) {
        vf_error_set (error, VF_REASON_NO_SUCH_PAIRING,
                      "The VM %s was given no GPU, so there is nothing to take back. \"virtflow "
                      "vms\" shows which VM has one.",
                      subject->machine->name);
        return NULL;
    }
    if (subject->pairing != NULL
        && !vf_client_open_pairing (transaction->client, subject->machine->uuid, &before, &after,
                                    error))
        return NULL;
    return restore (subject, current, before, after, error);
}

gboolean
vf_deactivation_preview (const VfTransaction *transaction,
                         const VfDeactivationSubject *subject,
                         VfPreview *preview,
                         GError **error)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (subject->machine == NULL) {
        *preview = (VfPreview){ FALSE, g_strdup (""), g_strdup ("") };
        return TRUE;
    }
    if (!vf_domain_change_is_possible (subject->machine, error))
        return FALSE;
    before = vf_machine_text (subject->machine, error);
    after = before != NULL ? edit (transaction, subject, before, error) : NULL;
    if (after == NULL)
        return FALSE;
    *preview = (VfPreview){ .stops_vm = vf_machine_is_active (subject->machine)
                                        && !g_str_equal (before, after),
                            .before = g_steal_pointer (&before),
                            .after = g_steal_pointer (&after) };
    return TRUE;
}

static gboolean
ask_to_drop (const VfTransaction *transaction, const VfPairing *pairing, GError **error)
{
    g_autoptr (GError) failure = NULL;

    if (vf_client_drop_pairing (transaction->client, pairing->uuid, &failure)
        || vf_error_is (failure, VF_REASON_NO_SUCH_PAIRING))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* A daemon that dies over it may have done it: the next one knows. */
static gboolean
drop (const VfTransaction *transaction, const VfDeactivationSubject *subject, GError **error)
{
    const VfPairing *pairing = subject->pairing;
    g_autoptr (GError) failure = NULL;

    if (pairing == NULL)
        return TRUE;
    vf_transaction_tell (transaction, "%s is being returned to the host.", pairing->gpu);
    if (ask_to_drop (transaction, pairing, &failure))
        return TRUE;
    if (vf_error_is (failure, VF_REASON_NO_DAEMON))
        return ask_to_drop (transaction, pairing, error);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* Takes @failure. */
static void
undo (const VfTransaction *transaction, VfDomainChange *change, GError *failure, GError **error)
{
    g_autoptr (GError) owned = failure;
    g_autoptr (GError) second = NULL;

    vf_transaction_tell (transaction, "The deactivation of %s is undone.", change->machine->name);
    if (vf_domain_change_undo (change, &second))
        vf_error_set (error, vf_error_reason (owned), "%s The VM %s still has its GPU.",
                      owned->message, change->machine->name);
    else
        vf_error_set (error, VF_REASON_UNDO_FAILED,
                      "%s The VM was then to have its GPU again, and that failed as well: %s Its "
                      "pairing is kept: try \"virtflow deactivate %s\" once more.",
                      owned->message, second->message, change->machine->name);
}

static gboolean
forget_pairing (const VfTransaction *transaction,
                const VfDeactivationSubject *subject,
                GError **error)
{
    if (!drop (transaction, subject, error))
        return FALSE;
    vf_transaction_tell (
        transaction,
        subject->machine == NULL
            ? N_ ("The VM %s is not defined any more: it was left alone. %s is "
                  "not paired with it any more.")
        : subject->pairing->pending
            ? N_ ("The VM %s was never defined with its GPU: it was left alone. %s is not paired "
                  "with it any more.")
            : N_ ("The VM %s does not name its GPU any more: it was left alone. %s is not paired "
                  "with it any more."),
        subject->pairing->name, subject->pairing->gpu);
    return TRUE;
}

static gboolean
redefine (const VfTransaction *transaction,
          const VfDeactivationSubject *subject,
          VfDomainChange *change,
          const char *text,
          GError **error)
{
    vf_transaction_tell (transaction, "The VM %s is being defined without its GPU.",
                         subject->machine->name);
    return vf_domain_change_define (change, text, NULL, error)
           && drop (transaction, subject, error);
}

gboolean
vf_deactivation_run (const VfTransaction *transaction,
                     const VfDeactivationSubject *subject,
                     GError **error)
{
    g_auto (VfDomainChange) change = { 0 };
    g_autofree char *text = NULL;
    GError *failure = NULL;

    if (subject->machine == NULL)
        return vf_transaction_may_go_on (transaction, error)
               && forget_pairing (transaction, subject, error);
    if (!vf_machine_refresh (subject->machine, error)
        || !vf_domain_change_is_possible (subject->machine, error)
        || !vf_transaction_may_proceed (transaction, subject->machine, error)
        || !vf_domain_change_begin (&change, subject->machine, error))
        return FALSE;
    text = edit (transaction, subject, change.before, &failure);
    /* Who cancels the question for the password is told of that, not of the refusal. */
    if (!vf_transaction_may_go_on (transaction, error)) {
        g_clear_error (&failure);
        return FALSE;
    }
    if (text == NULL) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    if (g_str_equal (text, change.before))
        return forget_pairing (transaction, subject, error);
    if (!vf_transaction_stop_vm (transaction, subject->machine, error))
        return FALSE;
    if (!redefine (transaction, subject, &change, text, &failure)) {
        undo (transaction, &change, failure, error);
        return FALSE;
    }
    vf_transaction_tell (
        transaction,
        subject->pairing != NULL
            ? N_ ("The VM %s is as it was before.")
            : N_ ("The VM %s has no GPU any more. What it had before instead of it is "
                  "not known on this host: give it a display with \"virsh edit\"."),
        subject->machine->name);
    return TRUE;
}
