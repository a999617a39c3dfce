/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving a VM a GPU, or taking it back, from the first look to the result: what a dialog shows. It
 * goes on when nobody shows it any more. */
#pragma once

#include "vf-guest.h"
#include "vf-holder.h"
#include "vf-input-list.h"
#include "vf-outlook.h"
#include "vfl-host.h"

typedef enum {
    VFL_CHANGE_LOOKING, /* ahead; nothing is done */
    VFL_CHANGE_READY,
    VFL_CHANGE_REFUSED, /* see the obstacles */
    VFL_CHANGE_RUNNING,
    VFL_CHANGE_CANCELLING,
    VFL_CHANGE_DONE,
    VFL_CHANGE_FAILED,
} VflChangePhase;

#define VFL_TYPE_CHANGE (vfl_change_get_type ())
G_DECLARE_FINAL_TYPE (VflChange, vfl_change, VFL, CHANGE, GObject)

/* Property "told": what is being done now. Emits "changed" for all else. */
VflChange *vfl_change_new_activation (VflHost *host, VflMachine *machine);
VflChange *vfl_change_new_deactivation (VflHost *host, VflMachine *machine);

VflHost *vfl_change_host (VflChange *self);
gboolean vfl_change_is_activation (VflChange *self);
VflMachine *vfl_change_machine (VflChange *self);
VflChangePhase vfl_change_phase (VflChange *self);

/* The wishes of an activation. Each change looks ahead anew. */
void vfl_change_set_gpu (VflChange *self, VflGpu *gpu);
void vfl_change_set_on_start (VflChange *self, gboolean on_start);
void vfl_change_set_input (VflChange *self, const VfInput *input, gboolean wanted);
void vfl_change_set_inputs (VflChange *self, const GPtrArray *inputs); /* VfInput: these alone */

/* NULL when there is none that could be given. */
VflGpu *vfl_change_gpu (VflChange *self);
gboolean vfl_change_on_start (VflChange *self);
gboolean vfl_change_wants_input (VflChange *self, const VfInput *input);
const GPtrArray *vfl_change_inputs (VflChange *self); /* VfInput; belongs to the change */

/* VfInputChoice pointers: what could be given; NULL until it is known. Belongs to the change. */
const GPtrArray *vfl_change_input_choices (VflChange *self);

/* What was seen; NULL until then. Belong to the change, and are others after each "changed". */
const VfOutlook *vfl_change_outlook (VflChange *self);
const VfGuest *vfl_change_guest (VflChange *self);

/* Whether the card is known to have no monitor plugged in. */
gboolean vfl_change_lacks_monitor (VflChange *self);

/* The program of a desktop that has the card open, when it is refused because of such programs and
 * this is one of them; else NULL. Belongs to the change, and is another after each "changed". */
const VfHolder *vfl_change_desktop (VflChange *self);

/* Does it. Only in the phase VFL_CHANGE_READY. */
void vfl_change_run (VflChange *self);

/* Undoes what was done so far, as long as that is possible: until the VM is defined anew. */
void vfl_change_cancel (VflChange *self);

/* Whether somebody looks at it. When nobody does, its end is told as news. */
void vfl_change_set_watched (VflChange *self, gboolean watched);

/* Why it failed, in the phase VFL_CHANGE_FAILED; else NULL. */
const GError *vfl_change_error (VflChange *self);
