/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page of a change that runs. */
#include "vfu-change-progress.h"

#include "vfu-progress.h"

struct _VfuChangeProgress {
    GtkWidget parent;
    GtkWidget *page;
    GtkWidget *told;
    GtkWidget *bar;
    GtkWidget *steps_group;
    GtkListBox *steps;
};
G_DEFINE_FINAL_TYPE (VfuChangeProgress, vfu_change_progress, GTK_TYPE_WIDGET)

static void
vfu_change_progress_dispose (GObject *object)
{
    g_clear_pointer (&VFU_CHANGE_PROGRESS (object)->page, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_change_progress_parent_class)->dispose (object);
}

static void
vfu_change_progress_class_init (VfuChangeProgressClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_change_progress_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-change-progress.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuChangeProgress, page);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeProgress, told);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeProgress, bar);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeProgress, steps_group);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeProgress, steps);
}

static void
vfu_change_progress_init (VfuChangeProgress *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    vfu_progress_speak (GTK_PROGRESS_BAR (self->bar));
}

static GtkWidget *
create_row (gpointer step, gpointer data)
{
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *icon = gtk_image_new ();
    GtkWidget *standing = gtk_label_new (NULL);

    g_object_set (row, "use-markup", FALSE, "title", vfl_step_text (step), "title-lines", 0,
                  "activatable", FALSE, NULL);
    gtk_widget_add_css_class (standing, "dim-label");
    gtk_widget_add_css_class (standing, "numeric");
    g_object_bind_property (step, "icon-name", icon, "icon-name", G_BINDING_SYNC_CREATE);
    g_object_bind_property (step, "standing-words", standing, "label", G_BINDING_SYNC_CREATE);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), standing);
    return row;
}

/* The last switch of the card is old news. */
static void
show_steps (GObject *gpu, GParamSpec *property, gpointer data)
{
    VfuChangeProgress *self = data;
    VflSteps *steps = vfl_gpu_steps (VFL_GPU (gpu));

    if (!vfl_gpu_is_switching (VFL_GPU (gpu)) || gtk_widget_get_visible (self->steps_group))
        return;
    gtk_widget_set_visible (self->steps_group, TRUE);
    gtk_list_box_bind_model (self->steps, G_LIST_MODEL (steps), create_row, NULL, NULL);
    g_object_bind_property (steps, "fraction", self->bar, "fraction", G_BINDING_SYNC_CREATE);
    g_object_bind_property (steps, "words", self->bar, "text", G_BINDING_SYNC_CREATE);
}

void
vfu_change_progress_show (VfuChangeProgress *self, VflChange *change)
{
    VflGpu *gpu = vfl_change_gpu (change);

    g_object_bind_property (change, "told", self->told, "label", G_BINDING_SYNC_CREATE);
    gtk_widget_set_visible (self->steps_group, FALSE);
    if (gpu == NULL)
        return;
    g_signal_connect_object (gpu, "notify::switching", G_CALLBACK (show_steps), self, 0);
    show_steps (G_OBJECT (gpu), NULL, self);
}
