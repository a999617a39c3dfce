/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's switch on a fake machine: its real code for plan, journal, execution and way back,
 * with helpers that listen in this process. Failures, crashes of a helper and the death of the
 * daemon can be put at any place. */
#pragma once

#include "fake-host.h"
#include "vfd-switch.h"

typedef enum {
    SWITCH_DONE,
    SWITCH_REFUSED, /* before anything was done */
    SWITCH_FAILED,
    SWITCH_DIED,   /* the daemon did, and has read its journal since */
    SWITCH_WEDGED, /* a helper does not answer */
} SwitchEnd;

typedef struct _SwitchStage SwitchStage;

/* Of the GPU at @gpu, which is home. @host stays the caller's. */
SwitchStage *switch_stage_new (FakeHost *host, VfPciAddress gpu);
void switch_stage_free (SwitchStage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SwitchStage, switch_stage_free)

/* One request, from its facts to its verified end. */
SwitchEnd switch_stage_run (SwitchStage *stage, VfTarget target);

/* From here on a person has named the GPU: it comes home without a record as well. */
void switch_stage_name (SwitchStage *stage);

/* The journal is lost. */
void switch_stage_forget (SwitchStage *stage);

/* In the next run: the request number @at to a helper is refused. */
void switch_stage_refuse (SwitchStage *stage, guint at);

/* In the next run: the daemon dies when a helper has been asked for the time number @at and has not
 * answered yet. */
void switch_stage_kill_daemon (SwitchStage *stage, guint at);

/* In the next run: it is cancelled when a helper has been asked for the time number @at and has not
 * answered yet; or before anything is done, for SWITCH_STAGE_AT_ONCE. If it takes that, no helper
 * is asked for another step of the lend. */
#define SWITCH_STAGE_AT_ONCE G_MAXUINT
void switch_stage_cancel (SwitchStage *stage, guint at);

/* In the next run: @process (which outlives it) is there from the first step of the kind @before
 * on, before that is carried out. */
void switch_stage_add_process (SwitchStage *stage, const char *before, const FakeProcess *process);

/* Of the last run. */
gboolean switch_stage_was_cancelled (const SwitchStage *stage); /* it took the request to cancel */
guint switch_stage_n_requests (const SwitchStage *stage);       /* to helpers */
guint switch_stage_n_writes (const SwitchStage *stage);         /* to the kernel */
/* A line for each of those to helpers: what was asked, and of which function of the GPU. */
const char *switch_stage_requests (const SwitchStage *stage);
gboolean switch_stage_has_asked (const SwitchStage *stage, const char *helper); /* for anything */
const GError *switch_stage_error (const SwitchStage *stage);

/* A helper that hung answers now. Returns when the daemon has noticed. */
void switch_stage_unhang (SwitchStage *stage);

const VfdLease *switch_stage_lease (const SwitchStage *stage);
