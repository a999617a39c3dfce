/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page of a condition. */
#include "vfu-condition-page.h"

struct _VfuConditionPage {
    GtkWidget parent;
    GtkWidget *status;
    GtkWidget *try_again;
};
G_DEFINE_FINAL_TYPE (VfuConditionPage, vfu_condition_page, GTK_TYPE_WIDGET)

static void
vfu_condition_page_dispose (GObject *object)
{
    VfuConditionPage *self = VFU_CONDITION_PAGE (object);

    g_clear_pointer (&self->status, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_condition_page_parent_class)->dispose (object);
}

static void
vfu_condition_page_class_init (VfuConditionPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_condition_page_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-condition-page.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuConditionPage, status);
    gtk_widget_class_bind_template_child (widget_class, VfuConditionPage, try_again);
}

static void
vfu_condition_page_init (VfuConditionPage *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

void
vfu_condition_page_show (VfuConditionPage *self, VflCondition *condition)
{
    g_autofree char *sentence = g_markup_escape_text (vfl_condition_sentence (condition), -1);

    adw_status_page_set_title (ADW_STATUS_PAGE (self->status), vfl_condition_title (condition));
    adw_status_page_set_description (ADW_STATUS_PAGE (self->status), sentence);
    gtk_widget_set_visible (self->try_again, vfl_condition_cure (condition) == VFL_CURE_TRY_AGAIN);
}
