/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the names of the buttons of dialogs. */
#include "vfu-dialog.h"

/* GTK 4.8 sets the label of a button with a mnemonic as its accessible name, underscore and all, in
 * front of the name that the label inside gives it: "_Cancel Cancel". */
static void
name_buttons (GtkWidget *widget)
{
    GtkWidget *child = gtk_widget_get_first_child (widget);

    if (GTK_IS_BUTTON (widget) && gtk_button_get_use_underline (GTK_BUTTON (widget)))
        gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL);
    for (; child != NULL; child = gtk_widget_get_next_sibling (child))
        name_buttons (child);
}

void
vfu_dialog_present (GtkWidget *dialog)
{
    name_buttons (dialog);
    gtk_window_present (GTK_WINDOW (dialog));
}
