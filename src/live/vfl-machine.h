/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VM as it is shown: how it stands, which GPU it has, and what is being done to it. */
#pragma once

#include "vf-machine.h"
#include "vf-pairing.h"
#include "vfl-gpu.h"

#define VFL_TYPE_MACHINE (vfl_machine_get_type ())
G_DECLARE_FINAL_TYPE (VflMachine, vfl_machine, VFL, MACHINE, GObject)

/* Properties: "name", "words" (how it stands, and its GPU), "state-words", "gpu-words" (where its
 * GPU is; "" when it has none), "active", "autostart", "busy" (something is being done to it).
 * Emits "changed" when any of them did. Takes @machine. */
VflMachine *vfl_machine_new (VfMachine *machine);

/* How it stands now; takes @machine, which is the same VM. */
void vfl_machine_update (VflMachine *self, VfMachine *machine);

/* Its GPU; @pairing (copied) is NULL when it has none, @gpu when that card is not there. */
void vfl_machine_set_gpu (VflMachine *self, const VfPairing *pairing, VflGpu *gpu);

/* What is being done to it, for a person: "starting". Each one is ended with the words that it was
 * begun with; of several at a time the newest is shown. */
void vfl_machine_begin_activity (VflMachine *self, const char *words);
void vfl_machine_end_activity (VflMachine *self, const char *words);

/* These belong to the object and change with it. */
const VfMachine *vfl_machine_value (VflMachine *self);
const char *vfl_machine_name (VflMachine *self);
const char *vfl_machine_uuid (VflMachine *self);
const VfPairing *vfl_machine_pairing (VflMachine *self);
VflGpu *vfl_machine_gpu (VflMachine *self);

gboolean vfl_machine_is_active (VflMachine *self);
gboolean vfl_machine_is_busy (VflMachine *self);

/* What can be done about its GPU as it stands. */
gboolean vfl_machine_can_activate (VflMachine *self);
gboolean vfl_machine_can_deactivate (VflMachine *self);
gboolean vfl_machine_can_give_back (VflMachine *self);

/* Whether a search for @text, which is folded to lower case, finds it. */
gboolean vfl_machine_matches (VflMachine *self, const char *text);
