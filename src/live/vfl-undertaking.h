/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An activation or deactivation that runs in a thread, on a bus connection of its own: what it
 * reserved is given back when the program ends. */
#pragma once

#include "vfl-wish.h"

/* In the main loop. */
typedef void (*VflUndertakingTold) (const char *sentence, gpointer source);

void vfl_undertaking_start (GObject *source,
                            const VflWish *wish,
                            VflUndertakingTold told,
                            GCancellable *cancellable,
                            GAsyncReadyCallback done);
gboolean vfl_undertaking_finish (GAsyncResult *result, GError **error);
