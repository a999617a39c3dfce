/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a progress bar says. */
#include "vfu-progress.h"

static void
say (GtkProgressBar *bar)
{
    const char *text = gtk_progress_bar_get_text (bar);

    gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                    text != NULL ? text : "", -1);
}

void
vfu_progress_speak (GtkProgressBar *bar)
{
    g_signal_connect (bar, "notify::text", G_CALLBACK (say), NULL);
    say (bar);
}
