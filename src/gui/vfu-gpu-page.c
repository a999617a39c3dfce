/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page of a GPU. */
#include "vfu-gpu-page.h"

#include "vfl-inspection.h"
#include "vfu-facts.h"
#include "vfu-progress.h"

struct _VfuGpuPage {
    GtkWidget parent;
    VflInspection *inspection;
    GBindingGroup *of_gpu;
    GBindingGroup *of_steps;
    GtkWidget *page;
    GtkWidget *name;
    GtkWidget *words;
    GtkWidget *progress;
    GtkListBox *facts;
    GtkListBox *moves;
    GtkListBox *holders;
    GtkListBox *reasons;
    GtkWidget *moves_group;
    GtkWidget *holders_group;
    GtkWidget *reasons_group;
};
G_DEFINE_FINAL_TYPE (VfuGpuPage, vfu_gpu_page, GTK_TYPE_WIDGET)

static void
forget (VfuGpuPage *self)
{
    g_binding_group_set_source (self->of_gpu, NULL);
    g_binding_group_set_source (self->of_steps, NULL);
    g_clear_object (&self->inspection);
}

static void
vfu_gpu_page_dispose (GObject *object)
{
    VfuGpuPage *self = VFU_GPU_PAGE (object);

    forget (self);
    g_clear_pointer (&self->page, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_gpu_page_parent_class)->dispose (object);
}

static void
vfu_gpu_page_finalize (GObject *object)
{
    g_object_unref (VFU_GPU_PAGE (object)->of_gpu);
    g_object_unref (VFU_GPU_PAGE (object)->of_steps);
    G_OBJECT_CLASS (vfu_gpu_page_parent_class)->finalize (object);
}

static void
vfu_gpu_page_class_init (VfuGpuPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_gpu_page_dispose;
    G_OBJECT_CLASS (class)->finalize = vfu_gpu_page_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-gpu-page.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, page);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, name);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, words);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, progress);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, facts);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, moves);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, holders);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, reasons);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, moves_group);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, holders_group);
    gtk_widget_class_bind_template_child (widget_class, VfuGpuPage, reasons_group);
}

static void
vfu_gpu_page_init (VfuGpuPage *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    vfu_progress_speak (GTK_PROGRESS_BAR (self->progress));
    self->of_gpu = g_binding_group_new ();
    self->of_steps = g_binding_group_new ();
    g_binding_group_bind (self->of_gpu, "name", self->name, "label", G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_gpu, "words", self->words, "label", G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_gpu, "switching", self->progress, "visible",
                          G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_steps, "fraction", self->progress, "fraction",
                          G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_steps, "words", self->progress, "text", G_BINDING_SYNC_CREATE);
}

void
vfu_gpu_page_show (VfuGpuPage *self, VflDaemon *daemon, VflGpu *gpu)
{
    forget (self);
    if (gpu == NULL)
        return;
    g_binding_group_set_source (self->of_gpu, gpu);
    g_binding_group_set_source (self->of_steps, vfl_gpu_steps (gpu));
    self->inspection = vfl_inspection_new (daemon, gpu);
    vfu_facts_bind (self->facts, vfl_inspection_facts (self->inspection), NULL);
    vfu_facts_bind (self->moves, vfl_inspection_moves (self->inspection), self->moves_group);
    vfu_facts_bind (self->holders, vfl_inspection_holders (self->inspection), self->holders_group);
    vfu_facts_bind (self->reasons, vfl_inspection_reasons (self->inspection), self->reasons_group);
}
