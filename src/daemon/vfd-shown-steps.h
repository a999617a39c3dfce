/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of one switch as clients see them: those of all its plans, one behind the other. A list
 * that only grows, so that whoever follows it need not guess what went before. */
#pragma once

#include "vf-plan.h"

typedef struct _VfdShownSteps VfdShownSteps;

VfdShownSteps *vfd_shown_steps_new (void);
void vfd_shown_steps_free (VfdShownSteps *steps);

/* Adds the steps of @plan. From here on a step is meant by its index in it. */
void vfd_shown_steps_add (VfdShownSteps *steps, const VfPlan *plan);

/* FALSE when it runs already. */
gboolean vfd_shown_steps_begin (VfdShownSteps *steps, guint step);
void vfd_shown_steps_end (VfdShownSteps *steps, guint step);
void vfd_shown_steps_fail (VfdShownSteps *steps, guint step);
/* It is not carried out after all. */
void vfd_shown_steps_leave (VfdShownSteps *steps, guint step);

/* Type "a(sst)": the Steps property of the D-Bus interface. Floating. */
GVariant *vfd_shown_steps_to_variant (const VfdShownSteps *steps);
/* Index in that of the step that runs; when none does, of the first one that is not done. */
guint vfd_shown_steps_current (const VfdShownSteps *steps);
