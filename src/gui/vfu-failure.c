/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a failure is told. */
#include "vfu-failure.h"

#include "vfu-dialog.h"

#include <glib/gi18n.h>

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
    if (g_strcmp0 (response, "copy") == 0)
        gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)),
                                adw_message_dialog_get_body (dialog));
}

void
vfu_failure_tell (GtkWindow *parent, const char *title, const char *sentence)
{
    GtkWidget *dialog = adw_message_dialog_new (parent, title, sentence);

    adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "copy", _ ("Co_py"), "close",
                                      _ ("_Close"), NULL);
    adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
    adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
    g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
    vfu_dialog_present (dialog);
}

void
vfu_failure_show (GtkWindow *parent, const char *title, const GError *error)
{
    vfu_failure_tell (parent, title, error->message);
}

void
vfu_failure_tell_somebody (GtkWindow *parent,
                           VflVigil *vigil,
                           const char *title,
                           const GError *error)
{
    if (parent != NULL)
        vfu_failure_show (parent, title, error);
    else
        vfl_vigil_tell (vigil, "", title, error->message, TRUE);
}
