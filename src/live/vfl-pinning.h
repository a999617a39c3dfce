/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way past a desktop that has a card open: set-up keeps it off the card, the person logs out,
 * and the activation goes on after the next login. */
#pragma once

#include "vfl-change.h"
#include "vfl-setup.h"

#define VFL_TYPE_PINNING (vfl_pinning_get_type ())
G_DECLARE_FINAL_TYPE (VflPinning, vfl_pinning, VFL, PINNING, GObject)

/* For @change, which a desktop stands against (vfl_change_desktop()). Looks at once what would be
 * changed. Properties: "words" for how it stands; "busy"; "can-make"; "can-leave" once nothing but
 * the log-out is left; "can-continue" unless set-up can do nothing; "continues", which a person may
 * set: whether the app goes on by itself after the next login. */
VflPinning *vfl_pinning_new (VflChange *change);

/* What would be changed on the host; belongs to @self. */
VflSetup *vfl_pinning_setup (VflPinning *self);

/* Keeps the desktop off the card. polkit may ask for a password. */
void vfl_pinning_make (VflPinning *self);

/* The person logs out now, or some time: then the rest goes on. Now the desktop is asked to; when
 * it cannot be, "words" says so. */
void vfl_pinning_log_out (VflPinning *self);
void vfl_pinning_wait (VflPinning *self);
