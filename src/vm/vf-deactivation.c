/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of a deactivation, and what it makes of domains and pairings that lack their
 * counterpart. */
#include "vf-deactivation.h"

#include "vf-domain-change.h"
#include "vf-domain-edit.h"

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

/* The functions that @domain takes of the slot at @address, or, when that is NULL, of the first
 * slot of which libvirt does not manage them; ascending. */
static GArray *
functions_taken (const VfDomainXml *domain, const VfPciAddress *address)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);
    GArray *functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));

    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        if (address == NULL && !hostdev->managed && hostdev->source.function == 0)
            address = &hostdev->source;
        if (address != NULL && vf_pci_address_same_slot (*address, hostdev->source))
            g_array_append_val (functions, hostdev->source);
    }
    return functions;
}

/* What the activation made of @before, where nobody kept it: made once more. */
static VfDomainXml *
guess_after (const VfDomainXml *current,
             const VfDomainXml *before,
             const VfPciAddress *gpu,
             GError **error)
{
    g_autoptr (GArray) functions = functions_taken (current, gpu);
    VfDisplayProfile profile = VF_DISPLAY_PROFILE_MONITOR;

    vf_display_profile_parse (vf_domain_xml_mark (current), &profile, NULL);
    return vf_domain_edit_activate (before, (const VfPciAddress *) functions->data, functions->len,
                                    profile, error);
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
    VfPciAddress gpu;
    gboolean known =
        subject->pairing != NULL && vf_pci_address_parse (subject->pairing->gpu, &gpu, NULL);

    before =
        stored != NULL ? vf_domain_xml_parse (stored, -1, error) : guess_before (current, error);
    if (before == NULL)
        return NULL;
    after = stored_after != NULL ? vf_domain_xml_parse (stored_after, -1, error)
                                 : guess_after (current, before, known ? &gpu : NULL, error);
    if (after == NULL)
        return NULL;
    restored = vf_domain_edit_deactivate (current, before, after, error);
    return restored != NULL ? g_strdup (vf_domain_xml_text (restored)) : NULL;
}

/* @text as it should be; @text itself when the domain does not carry our mark. */
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
    if (vf_domain_xml_mark (current) == NULL) {
        if (subject->pairing != NULL)
            return g_strdup (text);
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
    before = vf_machine_text (subject->machine, error);
    after = before != NULL ? edit (transaction, subject, before, error) : NULL;
    if (after == NULL)
        return FALSE;
    *preview = (VfPreview){ .stops_vm = vf_machine_is_active (subject->machine),
                            .before = g_steal_pointer (&before),
                            .after = g_steal_pointer (&after) };
    return TRUE;
}

static gboolean
drop (const VfTransaction *transaction, const VfDeactivationSubject *subject, GError **error)
{
    const VfPairing *pairing = subject->pairing;
    g_autoptr (GError) failure = NULL;

    if (pairing == NULL)
        return TRUE;
    vf_transaction_tell (transaction, "%s is returned to the host.", pairing->gpu);
    if (vf_client_drop_pairing (transaction->client, pairing->uuid, &failure)
        || vf_error_is (failure, VF_REASON_NO_SUCH_PAIRING))
        return TRUE;
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

/* The domain is undefined, or its owner has put another text in its place. */
static gboolean
forget_pairing (const VfTransaction *transaction,
                const VfDeactivationSubject *subject,
                GError **error)
{
    if (!drop (transaction, subject, error))
        return FALSE;
    vf_transaction_tell (transaction,
                         "The VM %s %s: it was left alone. Its GPU belongs to the host again.",
                         subject->pairing->name,
                         subject->machine == NULL ? "is not defined any more"
                                                  : "did not carry VirtFlow's mark any more");
    return TRUE;
}

static gboolean
redefine (const VfTransaction *transaction,
          const VfDeactivationSubject *subject,
          VfDomainChange *change,
          const char *text,
          GError **error)
{
    vf_transaction_tell (transaction, "The VM %s is defined without its GPU.",
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
        return forget_pairing (transaction, subject, error);
    if (!vf_machine_refresh (subject->machine, error)
        || !vf_domain_change_is_possible (subject->machine, error)
        || !vf_transaction_may_proceed (transaction, subject->machine, error)
        || !vf_domain_change_begin (&change, subject->machine, error))
        return FALSE;
    text = edit (transaction, subject, change.before, error);
    if (text == NULL)
        return FALSE;
    if (g_str_equal (text, change.before))
        return forget_pairing (transaction, subject, error);
    if (!vf_transaction_stop_vm (transaction, subject->machine, error))
        return FALSE;
    if (!redefine (transaction, subject, &change, text, &failure)) {
        undo (transaction, &change, failure, error);
        return FALSE;
    }
    vf_transaction_tell (transaction,
                         subject->pairing != NULL
                             ? "The VM %s is as it was before."
                             : "The VM %s has no GPU any more. What it had before instead of it is "
                               "not known on this host: give it a display with \"virsh edit\".",
                         subject->machine->name);
    return TRUE;
}
