/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a switch as it is shown. */
#pragma once

#include <gio/gio.h>

typedef enum {
    VFL_STEP_WAITING,
    VFL_STEP_RUNNING,
    VFL_STEP_DONE,
    VFL_STEP_FAILED,
} VflStepStanding;

#define VFL_TYPE_STEP (vfl_step_get_type ())
G_DECLARE_FINAL_TYPE (VflStep, vfl_step, VFL, STEP, GObject)

/* Properties: "text" (what is done), "standing-words" ("done in 12 ms", ...), "icon-name". */
VflStep *vfl_step_new (const char *text);

const char *vfl_step_text (VflStep *self);
VflStepStanding vfl_step_standing (VflStep *self);

/* @standing as the daemon has it; @took in microseconds. */
void vfl_step_update (VflStep *self, const char *standing, guint64 took);
