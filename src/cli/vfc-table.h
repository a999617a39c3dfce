/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table for people, on standard output. It never cuts a cell. */
#pragma once

#include "vfc-run.h"

typedef struct _VfcTable VfcTable;

/* @titles ends with NULL. The caller owns the table. */
VfcTable *vfc_table_new (const VfcRun *run, const char *const *titles);
void vfc_table_free (VfcTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcTable, vfc_table_free)

/* Adds a row with as many cells as there are titles; NULL is an empty one. */
void vfc_table_add (VfcTable *table, const char *const *cells);

/* Colours a cell of the last row: "green", "yellow", "red", "gray"; NULL for none. */
void vfc_table_color (VfcTable *table, guint column, const char *color);

void vfc_table_print (VfcTable *table);
