/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the row of a GPU in the sidebar. */
#include "vfu-gpu-row.h"

struct _VfuGpuRow {
    GtkListBoxRow parent;
    VflGpu *gpu;
    GtkWidget *icon;
    GtkWidget *name;
    GtkWidget *words;
    GtkWidget *progress;
};
G_DEFINE_FINAL_TYPE (VfuGpuRow, vfu_gpu_row, GTK_TYPE_LIST_BOX_ROW)

static void
vfu_gpu_row_finalize (GObject *object)
{
    g_clear_object (&VFU_GPU_ROW (object)->gpu);
    G_OBJECT_CLASS (vfu_gpu_row_parent_class)->finalize (object);
}

static void
vfu_gpu_row_class_init (VfuGpuRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->finalize = vfu_gpu_row_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-gpu-row.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuGpuRow, icon);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuRow, name);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuRow, words);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuRow, progress);
}

static void
vfu_gpu_row_init (VfuGpuRow *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

static void
name_for_screen_readers (VfuGpuRow *self)
{
    g_autofree char *words = NULL;
    g_autofree char *label = NULL;

    g_object_get (self->gpu, "words", &words, NULL);
    label = g_strdup_printf ("%s, %s, %s", vfl_gpu_name (self->gpu), vfl_gpu_address (self->gpu),
                             words);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}

GtkWidget *
vfu_gpu_row_new (VflGpu *gpu)
{
    VfuGpuRow *self = g_object_new (VFU_TYPE_GPU_ROW, NULL);

    self->gpu = g_object_ref (gpu);
    g_object_bind_property (gpu, "icon-name", self->icon, "icon-name", G_BINDING_SYNC_CREATE);
    g_object_bind_property (gpu, "name", self->name, "label", G_BINDING_SYNC_CREATE);
    g_object_bind_property (gpu, "words", self->words, "label", G_BINDING_SYNC_CREATE);
    g_object_bind_property (gpu, "switching", self->progress, "visible", G_BINDING_SYNC_CREATE);
    g_object_bind_property (vfl_gpu_steps (gpu), "fraction", self->progress, "fraction",
                            G_BINDING_SYNC_CREATE);
    g_signal_connect_object (gpu, "changed", G_CALLBACK (name_for_screen_readers), self,
                             G_CONNECT_SWAPPED);
    name_for_screen_readers (self);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", vfl_gpu_address (gpu));
    return GTK_WIDGET (self);
}
