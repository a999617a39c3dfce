/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the way past a desktop is shown. */
#include "vfu-pinning-dialog.h"

#include "vfu-dialog.h"
#include "vfu-facts.h"

struct _VfuPinningDialog {
    AdwWindow parent;
    VflPinning *pinning;
    GtkWidget *spinner;
    GtkWidget *words;
    GtkListBox *lacks;
    GtkWidget *lacks_group;
    GtkWidget *continue_group;
    GtkWidget *continues;
    GtkWidget *cancel;
    GtkWidget *later;
    GtkWidget *make;
    GtkWidget *log_out;
};
G_DEFINE_FINAL_TYPE (VfuPinningDialog, vfu_pinning_dialog, ADW_TYPE_WINDOW)

static void
on_make (VfuPinningDialog *self)
{
    vfl_pinning_make (self->pinning);
}

static void
on_log_out (VfuPinningDialog *self)
{
    vfl_pinning_log_out (self->pinning);
}

static void
on_later (VfuPinningDialog *self)
{
    vfl_pinning_wait (self->pinning);
    gtk_window_close (GTK_WINDOW (self));
}

static void
vfu_pinning_dialog_dispose (GObject *object)
{
    g_clear_object (&VFU_PINNING_DIALOG (object)->pinning);
    G_OBJECT_CLASS (vfu_pinning_dialog_parent_class)->dispose (object);
}

static void
vfu_pinning_dialog_class_init (VfuPinningDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_pinning_dialog_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-pinning-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, spinner);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, words);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, lacks);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, lacks_group);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, continue_group);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, continues);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, cancel);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, later);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, make);
    gtk_widget_class_bind_template_child (widget_class, VfuPinningDialog, log_out);
    gtk_widget_class_bind_template_callback (widget_class, on_make);
    gtk_widget_class_bind_template_callback (widget_class, on_log_out);
    gtk_widget_class_bind_template_callback (widget_class, on_later);
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
vfu_pinning_dialog_init (VfuPinningDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind (VfuPinningDialog *self, const char *property, GtkWidget *widget, const char *to, int flags)
{
    g_object_bind_property (self->pinning, property, widget, to, G_BINDING_SYNC_CREATE | flags);
}

void
vfu_pinning_dialog_open (GtkWindow *parent, VflChange *change)
{
    VfuPinningDialog *self = g_object_new (VFU_TYPE_PINNING_DIALOG, "transient-for", parent, NULL);

    self->pinning = vfl_pinning_new (change);
    bind (self, "words", self->words, "label", 0);
    bind (self, "busy", self->spinner, "spinning", 0);
    bind (self, "can-make", self->make, "visible", 0);
    bind (self, "busy", self->make, "sensitive", G_BINDING_INVERT_BOOLEAN);
    bind (self, "can-leave", self->log_out, "visible", 0);
    bind (self, "busy", self->log_out, "sensitive", G_BINDING_INVERT_BOOLEAN);
    bind (self, "can-leave", self->later, "visible", 0);
    bind (self, "can-leave", self->cancel, "visible", G_BINDING_INVERT_BOOLEAN);
    bind (self, "can-continue", self->continue_group, "visible", 0);
    bind (self, "continues", self->continues, "active", G_BINDING_BIDIRECTIONAL);
    vfu_facts_bind (self->lacks, vfl_setup_lacks (vfl_pinning_setup (self->pinning)),
                    self->lacks_group);
    vfu_dialog_present (GTK_WIDGET (self));
}
