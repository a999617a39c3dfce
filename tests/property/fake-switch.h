/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon does for a switch, in one process and with all its parts but the bus: snapshot,
 * plan, journal, one step after the other. Failures and crashes can be put at any step. */
#pragma once

#include "fake-host.h"
#include "vf-planner.h"

typedef enum {
    FAKE_SWITCH_DONE,
    FAKE_SWITCH_REFUSED, /* the planner said why not */
    FAKE_SWITCH_FAILED,  /* a step did */
    FAKE_SWITCH_CRASHED, /* the worker died in a step */
} FakeSwitchEnd;

typedef struct {
    FakeHost *host;
    VfPciAddress gpu;
    VfRecord *record; /* as it is in the journal; NULL when the GPU is home */
    gboolean unfinished;

    guint n_steps;       /* of the last plan */
    guint n_writes;      /* of the last plan, as far as it came */
    guint fail_at;       /* this step is refused before it begins; G_MAXUINT for none */
    GPtrArray *blockers; /* of the last plan that was refused */
    GError *error;       /* of the last step that failed */
} FakeSwitch;

/* A switch of the GPU at @gpu, which is home. @host stays the caller's. */
FakeSwitch *fake_switch_new (FakeHost *host, VfPciAddress gpu);
void fake_switch_free (FakeSwitch *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeSwitch, fake_switch_free)

/* One request, from its facts to its end. */
FakeSwitchEnd fake_switch_run (FakeSwitch *job, VfTarget target);

/* The machine of a new worker after a crash of the old one: nothing goes wrong any more. */
void fake_switch_heal (FakeSwitch *job);
