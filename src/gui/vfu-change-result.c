/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page that a change ends with. */
#include "vfu-change-result.h"

#include "vfl-outcome.h"

struct _VfuChangeResult {
    GtkWidget parent;
    GtkWidget *status;
    GtkWidget *start;
    GtkWidget *hint;
    GtkWidget *details_expander;
    GtkWidget *details;
    GtkWidget *copy;
};
G_DEFINE_FINAL_TYPE (VfuChangeResult, vfu_change_result, GTK_TYPE_WIDGET)

static void
on_copy (VfuChangeResult *self)
{
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                            gtk_label_get_label (GTK_LABEL (self->details)));
}

static void
vfu_change_result_dispose (GObject *object)
{
    g_clear_pointer (&VFU_CHANGE_RESULT (object)->status, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_change_result_parent_class)->dispose (object);
}

static void
vfu_change_result_class_init (VfuChangeResultClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_change_result_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-change-result.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, status);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, start);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, hint);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, details_expander);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, details);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeResult, copy);
    gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
vfu_change_result_init (VfuChangeResult *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

void
vfu_change_result_show (VfuChangeResult *self, VflChange *change)
{
    g_autoptr (VflOutcome) outcome = vfl_outcome_new (change);
    g_autofree char *sentence = g_markup_escape_text (outcome->sentence, -1);

    g_object_set (self->status, "icon-name", outcome->icon, "title", outcome->title, "description",
                  sentence, NULL);
    gtk_widget_set_visible (self->start, outcome->can_start);
    gtk_label_set_label (GTK_LABEL (self->hint), outcome->hint);
    gtk_widget_set_visible (self->hint, *outcome->hint != '\0');
    gtk_label_set_label (GTK_LABEL (self->details), outcome->details);
    gtk_widget_set_visible (self->details_expander, *outcome->details != '\0');
    gtk_widget_set_visible (self->copy, *outcome->details != '\0');
}
