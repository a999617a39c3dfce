/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The looks before an activation, each in a thread of its own: at what would happen, at the guest,
 * and at the keyboards and mice of the host. */
#pragma once

#include "vf-guest.h"
#include "vf-input-list.h"
#include "vf-outlook.h"
#include "vfl-wish.h"

void vfl_look_start (GObject *source, const VflWish *wish, GAsyncReadyCallback done);
VfOutlook *vfl_look_finish (GAsyncResult *result, GError **error);

void vfl_look_start_guest (GObject *source, const VflWish *wish, GAsyncReadyCallback done);
VfGuest *vfl_look_finish_guest (GAsyncResult *result);

/* NULL, when nothing could be listed. */
void vfl_look_start_inputs (GObject *source, virConnect *connection, GAsyncReadyCallback done);
GPtrArray *vfl_look_finish_inputs (GAsyncResult *result);
