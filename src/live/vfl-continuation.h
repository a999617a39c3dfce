/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That after a login the app goes on with the activation that the desktop stood against. It does
 * not activate: it shows what would happen, as always. */
#pragma once

#include "vfl-change.h"

#define VFL_TYPE_CONTINUATION (vfl_continuation_get_type ())
G_DECLARE_FINAL_TYPE (VflContinuation, vfl_continuation, VFL, CONTINUATION, GObject)

/* Looks whether there is anything to go on with, and once libvirt and the daemon are there emits
 * one of
 * "due" (VflChange *change): it is to be shown, with the GPU, keyboard and mouse of before;
 * "gone" (const char *sentence): it cannot be any more, and why.
 * Either way it is forgotten then. @after_login: the session has started the app for it; otherwise
 * a desktop that is the same as before and still has the card open is a reason to wait for the
 * next start. */
VflContinuation *vfl_continuation_new (VflHost *host, gboolean after_login);

/* Whether there is anything to go on with. */
gboolean vfl_continuation_is_wanted (void);
