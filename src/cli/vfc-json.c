/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the outer form of every answer in JSON. */
#include "vfc-json.h"

#include <stdio.h>

#define FORMAT_VERSION 1

JsonBuilder *
vfc_json_begin (void)
{
    JsonBuilder *builder = json_builder_new ();

    json_builder_begin_object (builder);
    vfc_json_number (builder, "version", FORMAT_VERSION);
    return builder;
}

static void
print (JsonBuilder *builder, gboolean pretty)
{
    g_autoptr (JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    text = json_to_string (root, pretty);
    puts (text);
    fflush (stdout);
}

void
vfc_json_end (VfcRun *run, JsonBuilder *builder)
{
    print (builder, TRUE);
    run->answered = TRUE;
}

void
vfc_json_end_line (VfcRun *run, JsonBuilder *builder)
{
    print (builder, FALSE);
    run->answered = TRUE;
}

/* JSON is UTF-8; names from hardware and libvirt need not be. */
static void
add_text (JsonBuilder *builder, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    json_builder_add_string_value (builder, valid);
}

void
vfc_json_text (JsonBuilder *builder, const char *key, const char *value)
{
    json_builder_set_member_name (builder, key);
    if (value != NULL)
        add_text (builder, value);
    else
        json_builder_add_null_value (builder);
}

void
vfc_json_flag (JsonBuilder *builder, const char *key, gboolean value)
{
    json_builder_set_member_name (builder, key);
    json_builder_add_boolean_value (builder, value);
}

void
vfc_json_number (JsonBuilder *builder, const char *key, gint64 value)
{
    json_builder_set_member_name (builder, key);
    json_builder_add_int_value (builder, value);
}

static void
add_blockers (JsonBuilder *builder, const char *key, const GPtrArray *blockers)
{
    json_builder_set_member_name (builder, key);
    json_builder_begin_array (builder);
    for (guint i = 0; blockers != NULL && i < blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);

        json_builder_begin_object (builder);
        vfc_json_text (builder, "code", vf_error_code_id (vf_reason_code (blocker->reason)));
        vfc_json_text (builder, "reason", vf_reason_id (blocker->reason));
        vfc_json_text (builder, "subject", blocker->subject);
        vfc_json_text (builder, "message", blocker->sentence);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

void
vfc_json_blockers (JsonBuilder *builder, const GPtrArray *blockers)
{
    add_blockers (builder, "blockers", blockers);
}

void
vfc_json_notices (JsonBuilder *builder, const GPtrArray *notices)
{
    add_blockers (builder, "notices", notices);
}

void
vfc_json_error (JsonBuilder *builder, const GError *error)
{
    json_builder_set_member_name (builder, "error");
    json_builder_begin_object (builder);
    vfc_json_text (builder, "code", vf_error_code_id (vf_error_code (error)));
    vfc_json_text (builder, "reason", vf_reason_id (vf_error_reason (error)));
    vfc_json_text (builder, "message", error->message);
    json_builder_end_object (builder);
}

void
vfc_json_print_error (const GError *error)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    vfc_json_error (builder, error);
    print (builder, TRUE);
}
