/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wants to be told of when no window is looked at: that a GPU came back, or did not.
 */
#pragma once

#include "vfl-daemon.h"

#define VFL_TYPE_VIGIL (vfl_vigil_get_type ())
G_DECLARE_FINAL_TYPE (VflVigil, vfl_vigil, VFL, VIGIL, GObject)

/* Property "needed": whether a GPU is away from the host, or somebody said so.
 * Emits "news" (const char *address, const char *title, const char *sentence, gboolean bad). */
VflVigil *vfl_vigil_new (VflDaemon *daemon);

gboolean vfl_vigil_is_needed (VflVigil *self);

/* Emits "news" of something else. */
void vfl_vigil_tell (
    VflVigil *self, const char *address, const char *title, const char *sentence, gboolean bad);

/* It is needed until each of these was taken back. */
void vfl_vigil_hold (VflVigil *self);
void vfl_vigil_release (VflVigil *self);
