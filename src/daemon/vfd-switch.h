/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One switch of one GPU, from the request to the verified end: plans, journals, carries out, and on
 * failure plans the way back. The same for both directions. */
#pragma once

#include "vf-planner.h"
#include "vfd-execution.h"
#include "vfd-inventory.h"
#include "vfd-lease.h"

typedef struct _VfdSwitch VfdSwitch;

/* What a switch works on; all of it outlives the switch. */
typedef struct {
    VfdInventory *inventory;
    const VfPolicy *policy;
    const char *helpers;
    VfdLease *lease; /* changed as the switch goes on */
    VfdJournal *journal;
} VfdSwitchScene;

typedef struct {
    /* A step began or ended, or a plan was made. */
    void (*progressed) (VfdSwitch *self, gpointer data);
    /* Once, at the end; @error is NULL when the GPU is where it should be. @stuck (the receiver's)
     * is set when the kernel did not answer: the GPU is wedged. The switch may be freed here. */
    void (*ended) (VfdSwitch *self, const GError *error, VfdLink *stuck, gpointer data);
} VfdSwitchEvents;

/* Starts what @request asks for. Its claimant (copied) is who gets the GPU, or asks for its return;
 * NULL for recovery. No event comes before this returns. */
VfdSwitch *vfd_switch_start (const VfdSwitchScene *scene,
                             const VfRequest *request,
                             const VfdSwitchEvents *events,
                             gpointer data);
void vfd_switch_free (VfdSwitch *self);

/* Ends a lend before its next step and undoes it; it fails with VF_REASON_CANCELLED then. FALSE,
 * and nothing happens, for a return and for what is on its way back already. */
gboolean vfd_switch_cancel (VfdSwitch *self);

VfTarget vfd_switch_target (const VfdSwitch *self);

/* Type "a(sst)": the Steps property of the D-Bus interface, way back included. Floating. */
GVariant *vfd_switch_steps (const VfdSwitch *self);
/* Index in those of the step that runs. */
guint vfd_switch_step (const VfdSwitch *self);
