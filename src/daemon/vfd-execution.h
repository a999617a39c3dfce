/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries out one plan, a step after the other, by the helper that each step belongs to. Knows
 * nothing of undoing or of journals. */
#pragma once

#include "vf-plan.h"
#include "vf-policy.h"
#include "vf-sysfs.h"
#include "vfd-link.h"

typedef struct _VfdExecution VfdExecution;

typedef struct {
    /* Before each step, and before one that waits for a sound server is tried again. FALSE with
     * @error set keeps it from being carried out. */
    gboolean (*about_to) (guint step, gpointer data, GError **error);
    /* What a step answered, "" when it has nothing to say. */
    void (*answered) (guint step, const char *answer, gpointer data);
    /* Once, at the end. @error is NULL when every step went well, else that of @step. @stuck is the
     * link to the helper when it hangs (VF_REASON_WEDGED), and the receiver's. The execution may be
     * freed here. */
    void (*ended) (guint step, const GError *error, VfdLink *stuck, gpointer data);
} VfdExecutionEvents;

/* What a plan is carried out with. */
typedef struct {
    const VfSysfs *root;     /* of the machine */
    const char *helpers;     /* folder of the helpers' sockets */
    const GArray *functions; /* addresses of all functions of the GPU, VfPciAddress values */
    const VfPolicy *policy;
} VfdExecutionScene;

/* Starts @plan, which has at least one step. What @scene points to outlives the execution, but for
 * the functions, which are copied. No event comes before this returns. */
VfdExecution *vfd_execution_start (VfPlan *plan,
                                   const VfdExecutionScene *scene,
                                   const VfdExecutionEvents *events,
                                   gpointer data);
void vfd_execution_free (VfdExecution *execution);
