/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides: from facts and a request to a plan, or to all the reasons why not. A pure function: it
 * reads nothing and changes nothing. The same code plans both directions and every undo. */
#pragma once

#include "vf-blocker.h"
#include "vf-claim.h"
#include "vf-plan.h"
#include "vf-policy.h"
#include "vf-record.h"

typedef struct {
    const VfSnapshot *snapshot;
    const VfRecord *record;   /* NULL when VirtFlow has not touched the GPU */
    gboolean unfinished;      /* a switch of it ended half-way: what sysfs shows is not all */
    const VfClaim *claim;     /* NULL when nobody has it */
    const GPtrArray *holders; /* VfHolder pointers when the probe was asked, else NULL: who has its
                               * nodes open (to lend), who has it open through vfio (to return) */
    const GArray *refusals;   /* VfRefusal values: by which drivers of the host, in this switch; or
                               * NULL */
    const VfPolicy *policy;
} VfFacts;

typedef struct {
    VfTarget target;
    VfPciAddress gpu;        /* any function of it */
    const VfClaim *claimant; /* who asks; NULL for recovery, which asks in nobody's name */
    gboolean by_alias; /* to the host without a record of where it belongs: a person has named it */
} VfRequest;

/* Returns a plan, which is empty when there is nothing to do; the caller owns it. Returns NULL and
 * fills @blockers with VfBlocker pointers (the caller owns the array) when the request cannot be
 * granted; every reason is in it. */
VfPlan *vf_planner_plan (const VfFacts *facts, const VfRequest *request, GPtrArray **blockers);

/* Adds to @blockers, for each of @holders, why the GPU may not go to the target while it has it
 * open; a sound server that will let go is no reason against lending, and a service that the lend
 * stops only when this is the @last_look. */
void vf_planner_block_holders (VfTarget target,
                               VfPciAddress gpu,
                               const GPtrArray *holders,
                               gboolean last_look,
                               GPtrArray *blockers);

/* How the GPU stands, judged by the snapshot alone and whether VirtFlow has a record of it. */
typedef enum {
    VF_STAND_HOST,
    VF_STAND_LENT,    /* every function on vfio-pci, and VirtFlow touched it */
    VF_STAND_MIXED,   /* functions disagree; one on vfio-pci that is not recorded is not at home */
    VF_STAND_FOREIGN, /* on vfio-pci or without a driver, and VirtFlow never touched it */
} VfStand;
VfStand vf_planner_stand (const VfGpu *gpu, const VfRecord *record);
