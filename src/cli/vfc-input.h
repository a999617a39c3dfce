/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyboards, mice and USB devices of the host as the command line names them and JSON has them. */
#pragma once

#include "vfc-json.h"

#include "vf-input-list.h"

/* What --evdev and --usb said, each NULL or ending with NULL. The caller owns the array, which
 * frees its VfInput values. VF_REASON_INVALID_INPUT. */
GPtrArray *vfc_input_parse (char *const *evdev, char *const *usb, GError **error);

/* Whether all of them are there; says what the host would lose with them on standard error.
 * VF_REASON_NO_SUCH_INPUT. */
gboolean vfc_input_check (virConnect *connection, const GPtrArray *inputs, GError **error);

/* "inputs": [...] */
void vfc_input_add_json (JsonBuilder *builder, const GPtrArray *inputs);
