/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fact as a row shows it: what it is about, and what it is. Does not change. */
#pragma once

#include <gio/gio.h>

#define VFL_TYPE_FACT (vfl_fact_get_type ())
G_DECLARE_FINAL_TYPE (VflFact, vfl_fact, VFL, FACT, GObject)

VflFact *vfl_fact_new (const char *title, const char *value);
const char *vfl_fact_title (VflFact *self);
const char *vfl_fact_value (VflFact *self);

/* Adds one to an array that is to be shown. */
void
vfl_fact_add (GPtrArray *facts, const char *title, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* An empty array for that; the caller owns it. */
GPtrArray *vfl_facts_new (void);

/* Makes @store hold what @facts says. Items at its beginning and its end that say the same stay, so
 * that their rows do. */
void vfl_facts_show (GListStore *store, const GPtrArray *facts);
