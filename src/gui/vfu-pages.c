/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the turning of pages. */
#include "vfu-pages.h"

void
vfu_pages_turn_to (GtkStack *pages, const char *name)
{
    GtkWidget *shown = gtk_stack_get_child_by_name (pages, name);
    GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (pages));

    gtk_widget_set_visible (shown, TRUE);
    gtk_stack_set_visible_child (pages, shown);
    for (; page != NULL; page = gtk_widget_get_next_sibling (page))
        gtk_widget_set_visible (page, page == shown);
}
