/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers in JSON: one object with "version" and, under stable snake_case keys, what was asked
 * for. */
#pragma once

#include "vfc-run.h"

#include <json-glib/json-glib.h>

/* Begins an answer: the object is open, "version" is in it. The caller owns the builder. */
JsonBuilder *vfc_json_begin (void);

/* Closes the object and prints it; the answer is out. */
void vfc_json_end (VfcRun *run, JsonBuilder *builder);

/* The same on one line, one of many. */
void vfc_json_end_line (VfcRun *run, JsonBuilder *builder);

/* Members of the object that is open. */
void vfc_json_text (JsonBuilder *builder, const char *key, const char *value);
void vfc_json_flag (JsonBuilder *builder, const char *key, gboolean value);
void vfc_json_number (JsonBuilder *builder, const char *key, gint64 value);
void vfc_json_blockers (JsonBuilder *builder, const GPtrArray *blockers);
void vfc_json_notices (JsonBuilder *builder, const GPtrArray *notices);
void vfc_json_error (JsonBuilder *builder, const GError *error);

/* {"error": ...} on standard output. */
void vfc_json_print_error (const GError *error);
