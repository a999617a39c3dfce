/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page of a VM. */
#include "vfu-machine-page.h"

#include "vfl-hardware.h"
#include "vfu-facts.h"
#include "vfu-progress.h"

#include <glib/gi18n.h>

struct _VfuMachinePage {
    GtkWidget parent;
    VflMachine *machine;
    VflHardware *hardware_facts;
    GBindingGroup *of_machine;
    GBindingGroup *of_gpu;
    GBindingGroup *of_steps;
    GSignalGroup *changes;
    GtkWidget *page;
    GtkWidget *name;
    GtkWidget *state;
    GtkWidget *gpu_row;
    GtkWidget *progress;
    GtkListBox *hardware;
};
G_DEFINE_FINAL_TYPE (VfuMachinePage, vfu_machine_page, GTK_TYPE_WIDGET)

static void
show_gpu (VfuMachinePage *self)
{
    const VfPairing *pairing = vfl_machine_pairing (self->machine);
    VflGpu *gpu = vfl_machine_gpu (self->machine);
    g_autofree char *words = NULL;

    if (pairing == NULL) {
        g_object_set (self->gpu_row, "title", _ ("No graphics card of this computer"), "subtitle",
                      _ ("Activate GPU gives it one."), NULL);
    } else {
        if (gpu != NULL)
            g_object_get (gpu, "words", &words, NULL);
        else
            g_object_get (self->machine, "gpu-words", &words, NULL);
        g_object_set (self->gpu_row, "title", gpu != NULL ? vfl_gpu_name (gpu) : pairing->gpu,
                      "subtitle", words, NULL);
    }
    g_binding_group_set_source (self->of_gpu, gpu);
    g_binding_group_set_source (self->of_steps, gpu != NULL ? vfl_gpu_steps (gpu) : NULL);
    if (gpu == NULL)
        gtk_widget_set_visible (self->progress, FALSE);
}

static void
forget (VfuMachinePage *self)
{
    g_signal_group_set_target (self->changes, NULL);
    g_binding_group_set_source (self->of_machine, NULL);
    g_binding_group_set_source (self->of_gpu, NULL);
    g_binding_group_set_source (self->of_steps, NULL);
    g_clear_object (&self->hardware_facts);
    g_clear_object (&self->machine);
}

static void
vfu_machine_page_dispose (GObject *object)
{
    VfuMachinePage *self = VFU_MACHINE_PAGE (object);

    forget (self);
    g_clear_pointer (&self->page, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_machine_page_parent_class)->dispose (object);
}

static void
vfu_machine_page_finalize (GObject *object)
{
    VfuMachinePage *self = VFU_MACHINE_PAGE (object);

    g_object_unref (self->changes);
    g_object_unref (self->of_machine);
    g_object_unref (self->of_gpu);
    g_object_unref (self->of_steps);
    G_OBJECT_CLASS (vfu_machine_page_parent_class)->finalize (object);
}

static void
vfu_machine_page_class_init (VfuMachinePageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_machine_page_dispose;
    G_OBJECT_CLASS (class)->finalize = vfu_machine_page_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-machine-page.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, page);
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, name);
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, state);
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, gpu_row);
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, progress);
    gtk_widget_class_bind_template_child (widget_class, VfuMachinePage, hardware);
}

static void
vfu_machine_page_init (VfuMachinePage *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    vfu_progress_speak (GTK_PROGRESS_BAR (self->progress));
    self->of_machine = g_binding_group_new ();
    self->of_gpu = g_binding_group_new ();
    self->of_steps = g_binding_group_new ();
    self->changes = g_signal_group_new (VFL_TYPE_MACHINE);
    g_binding_group_bind (self->of_machine, "name", self->name, "label", G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_machine, "state-words", self->state, "label",
                          G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_gpu, "switching", self->progress, "visible",
                          G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_steps, "fraction", self->progress, "fraction",
                          G_BINDING_SYNC_CREATE);
    g_binding_group_bind (self->of_steps, "words", self->progress, "text", G_BINDING_SYNC_CREATE);
    g_signal_group_connect_swapped (self->changes, "changed", G_CALLBACK (show_gpu), self);
}

void
vfu_machine_page_show (VfuMachinePage *self, VflLibvirt *libvirt, VflMachine *machine)
{
    if (machine == self->machine)
        return;
    forget (self);
    if (machine == NULL)
        return;
    self->machine = g_object_ref (machine);
    self->hardware_facts = vfl_hardware_new (libvirt, machine);
    vfu_facts_bind (self->hardware, vfl_hardware_facts (self->hardware_facts), NULL);
    g_binding_group_set_source (self->of_machine, machine);
    g_signal_group_set_target (self->changes, machine);
    show_gpu (self);
}
