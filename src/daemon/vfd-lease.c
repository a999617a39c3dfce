/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the value that a GPU's journal holds. */
#include "vfd-lease.h"

#include "vf-error.h"

/* claim, record, run, run seen, wedged, homeward, unfinished plan and its step */
#define LEASE_TYPE_WITH(record) "((sss)m" record "sbbbm(" VF_PLAN_VARIANT_TYPE "u))"
#define LEASE_TYPE LEASE_TYPE_WITH (VF_RECORD_VARIANT_TYPE)
#define LEASE_TYPE_1 LEASE_TYPE_WITH (VF_RECORD_VARIANT_TYPE_1)

void
vfd_lease_clear (VfdLease *lease)
{
    g_clear_pointer (&lease->claim, vf_claim_free);
    g_clear_pointer (&lease->record, vf_record_free);
    g_clear_pointer (&lease->run, g_free);
    g_clear_pointer (&lease->plan, vf_plan_unref);
    lease->run_seen = FALSE;
    lease->wedged = FALSE;
    lease->homeward = FALSE;
    lease->step = 0;
}

gboolean
vfd_lease_is_empty (const VfdLease *lease)
{
    return lease->claim == NULL && lease->record == NULL && lease->run == NULL
           && lease->plan == NULL && !lease->wedged;
}

gboolean
vfd_lease_is_running (const VfdLease *lease)
{
    return lease->run != NULL && lease->claim != NULL && g_str_equal (lease->claim->id, lease->run);
}

static GVariant *
to_variant (const VfdLease *lease)
{
    GVariant *children[7];
    GVariant *unfinished[2] = { NULL, NULL };

    if (lease->plan != NULL) {
        unfinished[0] = vf_plan_to_variant (lease->plan);
        unfinished[1] = g_variant_new_uint32 (lease->step);
    }
    children[0] = vf_claim_to_variant (lease->claim);
    children[1] =
        g_variant_new_maybe (G_VARIANT_TYPE (VF_RECORD_VARIANT_TYPE),
                             lease->record != NULL ? vf_record_to_variant (lease->record) : NULL);
    children[2] = g_variant_new_string (lease->run != NULL ? lease->run : "");
    children[3] = g_variant_new_boolean (lease->run_seen);
    children[4] = g_variant_new_boolean (lease->wedged);
    children[5] = g_variant_new_boolean (lease->homeward);
    children[6] =
        g_variant_new_maybe (G_VARIANT_TYPE ("(" VF_PLAN_VARIANT_TYPE "u)"),
                             lease->plan != NULL ? g_variant_new_tuple (unfinished, 2) : NULL);
    return g_variant_new_tuple (children, G_N_ELEMENTS (children));
}

gboolean
vfd_lease_save (const VfdLease *lease, VfdJournal *journal, GError **error)
{
    if (vfd_lease_is_empty (lease)) {
        vfd_journal_drop (journal);
        return TRUE;
    }
    return vfd_journal_write (journal, to_variant (lease), error);
}

static gboolean
fill (VfdLease *lease, GVariant *value, GError **error)
{
    g_autoptr (GVariant) claim = g_variant_get_child_value (value, 0);
    g_autoptr (GVariant) noted = g_variant_get_child_value (value, 1);
    g_autoptr (GVariant) record = g_variant_get_maybe (noted);
    g_autoptr (GVariant) unfinished = NULL;
    g_autofree char *run = NULL;

    g_variant_get_child (value, 2, "s", &run);
    g_variant_get_child (value, 3, "b", &lease->run_seen);
    g_variant_get_child (value, 4, "b", &lease->wedged);
    g_variant_get_child (value, 5, "b", &lease->homeward);
    g_variant_get_child (value, 6, "m@(" VF_PLAN_VARIANT_TYPE "u)", &unfinished);
    lease->claim = vf_claim_from_variant (claim);
    if (lease->claim != NULL && lease->claim->kind == VF_CLAIM_NONE)
        g_clear_pointer (&lease->claim, vf_claim_free);
    if (record != NULL && (lease->record = vf_record_from_variant (record)) == NULL) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "a damaged record");
        return FALSE;
    }
    if (*run != '\0')
        lease->run = g_steal_pointer (&run);
    if (unfinished != NULL) {
        g_autoptr (GVariant) plan = g_variant_get_child_value (unfinished, 0);

        lease->plan = vf_plan_from_variant (plan, error);
        if (lease->plan == NULL)
            return FALSE;
        g_variant_get_child (unfinished, 1, "u", &lease->step);
    }
    return TRUE;
}

static gboolean
read_lease (VfdLease *lease, VfdJournal *journal, gboolean *is_there, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (GVariant) value = vfd_journal_read (journal, LEASE_TYPE, &local);

    /* A daemon of the first version may have lent it. */
    if (value == NULL && local != NULL)
        value = vfd_journal_read (journal, LEASE_TYPE_1, NULL);
    if (value == NULL && local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    *is_there = value != NULL;
    return value == NULL || fill (lease, value, error);
}

gboolean
vfd_lease_load (VfdLease *lease, VfdJournal *journal, GError **error)
{
    gboolean is_there = FALSE;

    if (!read_lease (lease, journal, &is_there, error))
        return FALSE;
    /* There may be a file without a value: its writer died between the two. */
    if (!is_there)
        vfd_journal_drop (journal);
    return TRUE;
}

gboolean
vfd_lease_peek (VfdLease *lease, VfdJournal *journal, GError **error)
{
    gboolean is_there;

    return read_lease (lease, journal, &is_there, error);
}

void
vfd_lease_set_plan (VfdLease *lease, VfPlan *plan)
{
    VfPlan *before = lease->plan;

    lease->plan = plan != NULL ? vf_plan_ref (plan) : NULL;
    lease->step = 0;
    g_clear_pointer (&before, vf_plan_unref);
}

gboolean
vfd_lease_note_answer (VfdLease *lease, const VfStep *step, const char *answer)
{
    if (step->kind == VF_STEP_NOTE_REGISTERS)
        vf_record_set_registers (lease->record, step->address, answer);
    else if (step->kind == VF_STEP_NOTE_NODES)
        vf_record_set_fence (lease->record, step->address, answer);
    else if (step->kind == VF_STEP_NOTE_SERVICES)
        vf_record_set_services (lease->record, answer);
    else if (step->kind == VF_STEP_NOTE_MODULES)
        vf_record_set_modules (lease->record, answer);
    else
        return FALSE;
    return TRUE;
}

void
vfd_lease_be_home (VfdLease *lease)
{
    vfd_lease_set_claim (lease, NULL);
    g_clear_pointer (&lease->record, vf_record_free);
    lease->homeward = FALSE;
}

void
vfd_lease_set_claim (VfdLease *lease, VfClaim *claim)
{
    vf_claim_free (lease->claim);
    lease->claim = claim;
}

void
vfd_lease_set_run (VfdLease *lease, const char *uuid)
{
    g_free (lease->run);
    lease->run = g_strdup (uuid);
    lease->run_seen = FALSE;
}
