/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of the switch that runs on a GPU, or of its last one: a list model of VflStep items
 * that change as the switch goes on. */
#pragma once

#include "vfl-step.h"

#define VFL_TYPE_STEPS (vfl_steps_get_type ())
G_DECLARE_FINAL_TYPE (VflSteps, vfl_steps, VFL, STEPS, GObject)

/* Properties: "fraction" (of the steps that are done, 0 to 1) and "words" ("3 of 17: bind ..."). */
VflSteps *vfl_steps_new (void);

/* Takes over what the daemon shows: @shown has the type "a(sst)", or is NULL. */
void vfl_steps_show (VflSteps *self, GVariant *shown);

guint vfl_steps_n_done (VflSteps *self);
