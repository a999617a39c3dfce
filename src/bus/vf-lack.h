/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that this host lacks, as vf_setup_client_plan() has it. */
#pragma once

#include <glib.h>

/* A view into the plan, which has to outlive it. */
typedef struct {
    const char *id;
    const char *purpose; /* a sentence in English */
    const char *to_do;   /* for a person, sentences in English; empty when that is nothing */
    const char *counts;  /* "now", "login", "restart" */
    GVariant *changes;   /* a(ssss): kind, path, line before, line or text after */
} VfLack;

/* The ids of all that a host can lack, in the order in which it is put right; ends with NULL. */
extern const char *const vf_lack_ids[];

/* Fills @lack, which is to be cleared, with the one at @index of the plan @lacks. */
void vf_lack_get (GVariant *lacks, gsize index, VfLack *lack);
void vf_lack_clear (VfLack *lack);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VfLack, vf_lack_clear)

/* Whether the service can do anything about it. */
gboolean vf_lack_can_be_made (const VfLack *lack);

/* When it counts, a translated sentence. */
const char *vf_lack_counts_sentence (const VfLack *lack);
