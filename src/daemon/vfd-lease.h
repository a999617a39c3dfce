/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that must outlive the daemon about one GPU: who has it, how the host had it, which VM runs on
 * it, and how far a switch went. One value, so that they cannot disagree; stored in the journal. */
#pragma once

#include "vf-claim.h"
#include "vf-plan.h"
#include "vf-record.h"
#include "vfd-journal.h"

typedef struct {
    VfClaim *claim;   /* NULL: nobody has it */
    VfRecord *record; /* NULL: it is as the host has it */
    /* UUID of the VM from its "prepare" to its "release"; NULL else. As long as it is set libvirt
     * may reset the card if it is not on vfio-pci. */
    char *run;
    gboolean run_seen; /* QEMU had the card open in that run: it has begun, and may have ended */
    gboolean wedged;   /* the kernel did not answer, and has not since; touched only when asked */
    gboolean homeward; /* it was on its way to the host last; lent, it is there by a failure */
    VfPlan *plan;      /* of the switch that is not finished; NULL when there is none */
    guint step;        /* of that plan, the one that was about to be carried out */
} VfdLease;

void vfd_lease_clear (VfdLease *lease);

/* Nothing that would have to be remembered. */
gboolean vfd_lease_is_empty (const VfdLease *lease);

/* Whether the VM of the run is the one that has the GPU. After the daemon returned the GPU itself,
 * because libvirt was down, the run stands alone until libvirt is back and ends it. */
gboolean vfd_lease_is_running (const VfdLease *lease);

/* Writes and syncs it; an empty one removes the file. */
gboolean vfd_lease_save (const VfdLease *lease, VfdJournal *journal, GError **error);

/* Fills @lease from the journal; leaves it empty when that has no value, and removes its file then.
 */
gboolean vfd_lease_load (VfdLease *lease, VfdJournal *journal, GError **error);
/* The same, and the file stays whatever is in it: it may be another's who is about to write. */
gboolean vfd_lease_peek (VfdLease *lease, VfdJournal *journal, GError **error);

/* Refers to @plan from its first step on; NULL when the switch is finished. */
void vfd_lease_set_plan (VfdLease *lease, VfPlan *plan);

/* Notes what the step was answered with; FALSE when there is nothing to note. */
gboolean vfd_lease_note_answer (VfdLease *lease, const VfStep *step, const char *answer);

/* It is with the host, and nobody has it. */
void vfd_lease_be_home (VfdLease *lease);

/* Takes @claim, which may be NULL. */
void vfd_lease_set_claim (VfdLease *lease, VfClaim *claim);
void vfd_lease_set_run (VfdLease *lease, const char *uuid);
