/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fact as a row shows it: what it is about, and what it is. Does not change. */
#pragma once

#include <gio/gio.h>

#define VFL_TYPE_FACT (vfl_fact_get_type ())
G_DECLARE_FINAL_TYPE (VflFact, vfl_fact, VFL, FACT, GObject)

VflFact *vfl_fact_new (const char *title, const char *value);
const char *vfl_fact_title (VflFact *self);
const char *vfl_fact_value (VflFact *self);

/* Adds one to a store of them. */
void
vfl_fact_add (GListStore *facts, const char *title, const char *format, ...) G_GNUC_PRINTF (3, 4);
