/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU about which the kernel does not answer: what hangs there, and when that is over. Nothing
 * touches the card meanwhile, this neither. */
#pragma once

#include "vf-step.h"
#include "vfd-link.h"

typedef struct _VfdWedge VfdWedge;

typedef struct {
    /* What is known of it is another sentence now. */
    void (*changed) (gpointer data);
    /* Once: the kernel has answered. The wedge may be freed here. */
    void (*over) (gpointer data);
} VfdWedgeEvents;

/* One that this daemon saw begin, with the error that it began with. Takes @stuck, the link to the
 * helper that hangs: over is when that answers or ends. */
VfdWedge *
vfd_wedge_new (VfdLink *stuck, const GError *error, const VfdWedgeEvents *events, gpointer data);

/* One that another daemon has journaled, of the GPU at @gpu; @step (copied; NULL: not known) is
 * what hung. The probe is asked for the worker, at once and every few seconds: over is when there
 * is none any more. @helpers, the folder of the helpers' sockets, outlives it. */
VfdWedge *vfd_wedge_new_inherited (const char *helpers,
                                   VfPciAddress gpu,
                                   const VfStep *step,
                                   const VfdWedgeEvents *events,
                                   gpointer data);

void vfd_wedge_free (VfdWedge *wedge);

/* What hangs, and what to do; belongs to the wedge. */
const char *vfd_wedge_sentence (const VfdWedge *wedge);

/* Whether a worker that hangs was seen. */
gboolean vfd_wedge_is_seen (const VfdWedge *wedge);

/* Calls @done once as soon as it is known whether it still holds, perhaps before this returns, and
 * behind the event if it does not. */
void vfd_wedge_examine (VfdWedge *wedge, void (*done) (gpointer data), gpointer data);
