/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the doctor's findings are shown. */
#include "vfu-checkup-dialog.h"

#include "vfl-checkup.h"
#include "vfl-setup.h"
#include "vfu-dialog.h"
#include "vfu-facts.h"

#include <glib/gi18n-lib.h>

struct _VfuCheckupDialog {
    AdwWindow parent;
    VflCheckup *checkup;
    VflSetup *setup;
    GtkWidget *again;
    GtkWidget *spinner;
    GtkWidget *words;
    GtkWidget *setup_group;
    GtkWidget *busy;
    GtkWidget *make;
    GtkWidget *undo;
    GtkListBox *lacks;
    GtkListBox *failed;
    GtkListBox *warnings;
    GtkListBox *unknown;
    GtkListBox *well;
    GtkWidget *failed_group;
    GtkWidget *warnings_group;
    GtkWidget *unknown_group;
    GtkWidget *well_group;
};
G_DEFINE_FINAL_TYPE (VfuCheckupDialog, vfu_checkup_dialog, ADW_TYPE_WINDOW)

static void
on_again (VfuCheckupDialog *self)
{
    vfl_checkup_again (self->checkup);
    vfl_setup_look (self->setup);
}

static void
on_make (VfuCheckupDialog *self)
{
    vfl_setup_make (self->setup);
}

static void
on_undo_response (AdwMessageDialog *dialog, const char *response, VfuCheckupDialog *self)
{
    if (g_strcmp0 (response, "undo") == 0)
        vfl_setup_undo (self->setup);
}

static void
on_undo (VfuCheckupDialog *self)
{
    GtkWidget *dialog =
        adw_message_dialog_new (GTK_WINDOW (self), _ ("Take Back What Set-Up Has Changed?"),
                                _ ("The files become what they were, but for what somebody has "
                                   "changed there since."));

    adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "undo",
                                      _ ("_Take Back"), NULL);
    adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
    g_signal_connect_object (dialog, "response", G_CALLBACK (on_undo_response), self, 0);
    vfu_dialog_present (dialog);
}

/* The description of a group is markup, and anything may stand in a file that words quote. */
static gboolean
escape (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
    g_value_take_string (to, g_markup_escape_text (g_value_get_string (from), -1));
    return TRUE;
}

static void
vfu_checkup_dialog_dispose (GObject *object)
{
    VfuCheckupDialog *self = VFU_CHECKUP_DIALOG (object);

    g_clear_object (&self->checkup);
    g_clear_object (&self->setup);
    G_OBJECT_CLASS (vfu_checkup_dialog_parent_class)->dispose (object);
}

static void
vfu_checkup_dialog_class_init (VfuCheckupDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_checkup_dialog_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-checkup-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, again);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, spinner);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, words);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, setup_group);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, busy);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, make);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, undo);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, lacks);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, failed);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, warnings);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, unknown);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, well);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, failed_group);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, warnings_group);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, unknown_group);
    gtk_widget_class_bind_template_child (widget_class, VfuCheckupDialog, well_group);
    gtk_widget_class_bind_template_callback (widget_class, on_again);
    gtk_widget_class_bind_template_callback (widget_class, on_make);
    gtk_widget_class_bind_template_callback (widget_class, on_undo);
}

static void
vfu_checkup_dialog_init (VfuCheckupDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

/* What set-up can put right, and what was made of it. */
static void
bind_setup (VfuCheckupDialog *self)
{
    g_object_bind_property_full (self->setup, "words", self->setup_group, "description",
                                 G_BINDING_SYNC_CREATE, escape, NULL, NULL, NULL);
    g_object_bind_property (self->setup, "worth-showing", self->setup_group, "visible",
                            G_BINDING_SYNC_CREATE);
    g_object_bind_property (self->setup, "can-make", self->make, "visible", G_BINDING_SYNC_CREATE);
    g_object_bind_property (self->setup, "can-undo", self->undo, "visible", G_BINDING_SYNC_CREATE);
    g_object_bind_property (self->setup, "busy", self->make, "sensitive",
                            G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
    g_object_bind_property (self->setup, "busy", self->undo, "sensitive",
                            G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
    g_object_bind_property (self->setup, "busy", self->busy, "spinning", G_BINDING_SYNC_CREATE);
    vfu_facts_bind (self->lacks, vfl_setup_lacks (self->setup), GTK_WIDGET (self->lacks));
    g_signal_connect_object (self->setup, "changed", G_CALLBACK (vfl_checkup_again), self->checkup,
                             G_CONNECT_SWAPPED);
}

void
vfu_checkup_dialog_open (GtkWindow *parent, VflHost *host)
{
    VfuCheckupDialog *self = g_object_new (VFU_TYPE_CHECKUP_DIALOG, "transient-for", parent, NULL);

    self->checkup = vfl_checkup_new (host);
    self->setup = vfl_setup_new (vfl_daemon_bus (vfl_host_daemon (host)));
    bind_setup (self);
    g_object_bind_property (self->checkup, "words", self->words, "label", G_BINDING_SYNC_CREATE);
    g_object_bind_property (self->checkup, "running", self->spinner, "spinning",
                            G_BINDING_SYNC_CREATE);
    g_object_bind_property (self->checkup, "running", self->again, "sensitive",
                            G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
    vfu_facts_bind (self->failed, vfl_checkup_failed (self->checkup), self->failed_group);
    vfu_facts_bind (self->warnings, vfl_checkup_warnings (self->checkup), self->warnings_group);
    vfu_facts_bind (self->unknown, vfl_checkup_unknown (self->checkup), self->unknown_group);
    vfu_facts_bind (self->well, vfl_checkup_well (self->checkup), self->well_group);
    vfu_dialog_present (GTK_WIDGET (self));
}
