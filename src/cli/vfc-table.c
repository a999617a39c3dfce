/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look of tables. */
#include "vfc-table.h"

#include "vf-text.h"

#include <libsmartcols.h>

#include <stdio.h>

struct _VfcTable {
    struct libscols_table *table;
    struct libscols_line *last;
};

VfcTable *
vfc_table_new (const VfcRun *run, const char *const *titles)
{
    VfcTable *table = g_new0 (VfcTable, 1);

    table->table = scols_new_table ();
    g_assert (table->table != NULL);
    /* Told that it prints to a terminal, it would cut cells to the width of it. */
    scols_table_set_termforce (table->table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_colors (table->table, run->color);
    /* Its own escapes leave marks that turn the direction of a line, and would escape ours. */
    scols_table_enable_noencoding (table->table, 1);
    for (; *titles != NULL; titles++)
        scols_table_new_column (table->table, *titles, 0, 0);
    return table;
}

void
vfc_table_free (VfcTable *table)
{
    scols_unref_table (table->table);
    g_free (table);
}

void
vfc_table_add (VfcTable *table, const char *const *cells)
{
    gsize n_columns = scols_table_get_ncols (table->table);

    table->last = scols_table_new_line (table->table, NULL);
    for (gsize i = 0; i < n_columns; i++) {
        g_autofree char *shown = vf_text_escape (cells[i] != NULL ? cells[i] : "");

        scols_line_set_data (table->last, i, shown);
    }
}

void
vfc_table_color (VfcTable *table, guint column, const char *color)
{
    if (color != NULL)
        scols_cell_set_color (scols_line_get_cell (table->last, column), color);
}

void
vfc_table_print (VfcTable *table)
{
    scols_print_table (table->table);
    fflush (stdout);
}
