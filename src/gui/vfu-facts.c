/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a fact looks. */
#include "vfu-facts.h"

#include "vfl-fact.h"

static GtkWidget *
create_row (gpointer item, gpointer data)
{
    GtkWidget *row = adw_action_row_new ();

    g_object_set (row, "use-markup", FALSE, "title", vfl_fact_title (item), "subtitle",
                  vfl_fact_value (item), "subtitle-lines", 0, "title-lines", 0, "activatable",
                  FALSE, NULL);
    return row;
}

static void
on_items_changed (GListModel *facts, guint position, guint removed, guint added, gpointer group)
{
    gtk_widget_set_visible (group, g_list_model_get_n_items (facts) > 0);
}

void
vfu_facts_bind (GtkListBox *list, GListModel *facts, GtkWidget *group)
{
    gtk_list_box_bind_model (list, facts, create_row, NULL, NULL);
    if (group == NULL)
        return;
    g_signal_connect_object (facts, "items-changed", G_CALLBACK (on_items_changed), group, 0);
    on_items_changed (facts, 0, 0, 0, group);
}
