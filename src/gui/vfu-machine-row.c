/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the row of a VM in the sidebar. There may be hundreds: as few widgets as will do, and no
 * template. */
#include "vfu-machine-row.h"

struct _VfuMachineRow {
    GtkListBoxRow parent;
    VflMachine *machine;
    GtkWidget *icon;
    GtkWidget *label;
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
    G_OBJECT_CLASS (class)->finalize = vfu_machine_row_finalize;
}

static void
vfu_machine_row_init (VfuMachineRow *self)
{
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

    self->icon = gtk_image_new_from_icon_name ("computer-symbolic");
    self->label = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (self->label), 0);
    gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
    gtk_box_append (GTK_BOX (box), self->icon);
    gtk_box_append (GTK_BOX (box), self->label);
    gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
    gtk_widget_add_css_class (GTK_WIDGET (self), "machine");
}

/* The second line is small and dim. */
static PangoAttrList *
attributes_after (gsize first_line)
{
    PangoAttrList *attributes = pango_attr_list_new ();
    PangoAttribute *small = pango_attr_scale_new (PANGO_SCALE_SMALL);
    PangoAttribute *dim = pango_attr_foreground_alpha_new (G_MAXUINT16 / 100 * 55);

    small->start_index = dim->start_index = (guint) first_line;
    pango_attr_list_insert (attributes, small);
    pango_attr_list_insert (attributes, dim);
    return attributes;
}

static void
show (VfuMachineRow *self)
{
    const char *name = vfl_machine_name (self->machine);
    g_autoptr (PangoAttrList) attributes = attributes_after (strlen (name));
    g_autofree char *words = NULL;
    g_autofree char *text = NULL;
    g_autofree char *spoken = NULL;

    g_object_get (self->machine, "words", &words, NULL);
    text = g_strdup_printf ("%s\n%s", name, words);
    spoken = g_strdup_printf ("%s, %s", name, words);
    gtk_label_set_label (GTK_LABEL (self->label), text);
    gtk_label_set_attributes (GTK_LABEL (self->label), attributes);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                    -1);
    if (vfl_machine_is_active (self->machine))
        gtk_widget_add_css_class (self->icon, "accent");
    else
        gtk_widget_remove_css_class (self->icon, "accent");
}

GtkWidget *
vfu_machine_row_new (VflMachine *machine)
{
    VfuMachineRow *self = g_object_new (VFU_TYPE_MACHINE_ROW, NULL);

    self->machine = g_object_ref (machine);
    g_signal_connect_object (machine, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    show (self);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.show-machine");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", vfl_machine_uuid (machine));
    return GTK_WIDGET (self);
}
