/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the row of a VM in the sidebar. */
#include "vfu-machine-row.h"

struct _VfuMachineRow {
    GtkListBoxRow parent;
    VflMachine *machine;
    GtkWidget *icon;
    GtkWidget *name;
    GtkWidget *words;
};
G_DEFINE_FINAL_TYPE (VfuMachineRow, vfu_machine_row, GTK_TYPE_LIST_BOX_ROW)

static void
vfu_machine_row_finalize (GObject *object)
{
    g_clear_object (&VFU_MACHINE_ROW (object)->machine);
    G_OBJECT_CLASS (vfu_machine_row_parent_class)->finalize (object);
}

static void
vfu_machine_row_class_init (VfuMachineRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->finalize = vfu_machine_row_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-machine-row.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuMachineRow, icon);
    gtk_widget_class_bind_template_child (widget_class, VfuMachineRow, name);
    gtk_widget_class_bind_template_child (widget_class, VfuMachineRow, words);
}

static void
vfu_machine_row_init (VfuMachineRow *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

static void
name_for_screen_readers (VfuMachineRow *self)
{
    g_autofree char *words = NULL;
    g_autofree char *label = NULL;

    g_object_get (self->machine, "words", &words, NULL);
    label = g_strdup_printf ("%s, %s", vfl_machine_name (self->machine), words);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}

static void
show_activity (VfuMachineRow *self)
{
    if (vfl_machine_is_active (self->machine))
        gtk_widget_add_css_class (self->icon, "accent");
    else
        gtk_widget_remove_css_class (self->icon, "accent");
    name_for_screen_readers (self);
}

GtkWidget *
vfu_machine_row_new (VflMachine *machine)
{
    VfuMachineRow *self = g_object_new (VFU_TYPE_MACHINE_ROW, NULL);

    self->machine = g_object_ref (machine);
    g_object_bind_property (machine, "name", self->name, "label", G_BINDING_SYNC_CREATE);
    g_object_bind_property (machine, "words", self->words, "label", G_BINDING_SYNC_CREATE);
    g_signal_connect_object (machine, "changed", G_CALLBACK (show_activity), self,
                             G_CONNECT_SWAPPED);
    show_activity (self);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", vfl_machine_uuid (machine));
    return GTK_WIDGET (self);
}

VflMachine *
vfu_machine_row_machine (VfuMachineRow *self)
{
    return self->machine;
}
