/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way through a change: which page, which buttons. */
#include "vfu-change-dialog.h"

#include "vfl-power.h"
#include "vfu-change-plan.h"
#include "vfu-change-progress.h"
#include "vfu-change-result.h"
#include "vfu-pages.h"
#include "vfu-pinning-dialog.h"

#include <glib/gi18n.h>

struct _VfuChangeDialog {
    AdwWindow parent;
    VflHost *host;
    VflChange *change;
    AdwWindowTitle *title;
    GtkWidget *cancel;
    GtkWidget *done;
    GtkWidget *go;
    GtkStack *pages;
    VfuChangePlan *plan;
    VfuChangeProgress *progress;
    VfuChangeResult *result;
    gboolean progress_shown; /* of the card that was chosen in the end */
};
G_DEFINE_FINAL_TYPE (VfuChangeDialog, vfu_change_dialog, ADW_TYPE_WINDOW)

static gboolean
is_under_way (VfuChangeDialog *self)
{
    VflChangePhase phase = vfl_change_phase (self->change);

    return phase == VFL_CHANGE_RUNNING || phase == VFL_CHANGE_CANCELLING;
}

static gboolean
has_ended (VfuChangeDialog *self)
{
    VflChangePhase phase = vfl_change_phase (self->change);

    return phase == VFL_CHANGE_DONE || phase == VFL_CHANGE_FAILED;
}

/* Who presses it too late wants to see what came of it. */
static void
on_cancel (VfuChangeDialog *self)
{
    if (is_under_way (self))
        vfl_change_cancel (self->change);
    else if (!has_ended (self))
        gtk_window_close (GTK_WINDOW (self));
}

static void
on_go (VfuChangeDialog *self)
{
    if (vfl_change_phase (self->change) == VFL_CHANGE_READY)
        vfl_change_run (self->change);
}

static void
on_start (GtkWidget *widget, const char *action, GVariant *parameter)
{
    VfuChangeDialog *self = VFU_CHANGE_DIALOG (widget);
    GtkWidget *parent = GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self)));

    /* Its page may show something else by now. */
    gtk_widget_activate_action (parent, "win.show-machine", "s",
                                vfl_machine_uuid (vfl_change_machine (self->change)));
    gtk_widget_activate_action (parent, "machine.start", NULL);
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_keep_desktop_off (GtkWidget *widget, const char *action, GVariant *parameter)
{
    VfuChangeDialog *self = VFU_CHANGE_DIALOG (widget);

    if (vfl_change_desktop (self->change) != NULL)
        vfu_pinning_dialog_open (GTK_WINDOW (self), self->change);
}

static void
show_buttons (VfuChangeDialog *self)
{
    VflChangePhase phase = vfl_change_phase (self->change);
    gboolean ended = has_ended (self);

    gtk_widget_set_visible (self->go, !ended && !is_under_way (self));
    gtk_widget_set_sensitive (self->go, phase == VFL_CHANGE_READY);
    gtk_widget_set_visible (self->cancel, !ended);
    gtk_widget_set_sensitive (self->cancel, phase != VFL_CHANGE_CANCELLING);
    gtk_widget_set_visible (self->done, ended);
}

static void
update (VfuChangeDialog *self)
{
    show_buttons (self);
    if (is_under_way (self)) {
        if (!self->progress_shown)
            vfu_change_progress_show (self->progress, self->change);
        self->progress_shown = TRUE;
        vfu_pages_turn_to (self->pages, "progress");
    } else if (has_ended (self)) {
        vfu_change_result_show (self->result, self->change);
        vfu_pages_turn_to (self->pages, "result");
    } else {
        vfu_pages_turn_to (self->pages, "plan");
    }
}

static void
vfu_change_dialog_dispose (GObject *object)
{
    VfuChangeDialog *self = VFU_CHANGE_DIALOG (object);

    if (self->change != NULL)
        vfl_change_set_watched (self->change, FALSE);
    g_clear_object (&self->change);
    g_clear_object (&self->host);
    G_OBJECT_CLASS (vfu_change_dialog_parent_class)->dispose (object);
}

static void
vfu_change_dialog_class_init (VfuChangeDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    g_type_ensure (VFU_TYPE_CHANGE_PLAN);
    g_type_ensure (VFU_TYPE_CHANGE_PROGRESS);
    g_type_ensure (VFU_TYPE_CHANGE_RESULT);
    G_OBJECT_CLASS (class)->dispose = vfu_change_dialog_dispose;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-change-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, title);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, cancel);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, done);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, go);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, pages);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, plan);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, progress);
    gtk_widget_class_bind_template_child (widget_class, VfuChangeDialog, result);
    gtk_widget_class_bind_template_callback (widget_class, on_cancel);
    gtk_widget_class_bind_template_callback (widget_class, on_go);
    gtk_widget_class_install_action (widget_class, "change.start", NULL, on_start);
    gtk_widget_class_install_action (widget_class, "change.keep-desktop-off", NULL,
                                     on_keep_desktop_off);
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
vfu_change_dialog_init (VfuChangeDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vfu_change_dialog_new (GtkWindow *parent, VflHost *host, VflChange *change)
{
    VfuChangeDialog *self = g_object_new (VFU_TYPE_CHANGE_DIALOG, "transient-for", parent, NULL);
    const char *title =
        vfl_change_is_activation (change) ? _ ("Activate GPU") : _ ("Deactivate GPU");

    self->host = g_object_ref (host);
    self->change = g_object_ref (change);
    gtk_window_set_title (GTK_WINDOW (self), title);
    adw_window_title_set_title (self->title, title);
    adw_window_title_set_subtitle (self->title, vfl_machine_name (vfl_change_machine (change)));
    gtk_button_set_label (GTK_BUTTON (self->go),
                          vfl_change_is_activation (change) ? _ ("Activate") : _ ("Deactivate"));
    vfl_change_set_watched (change, TRUE);
    vfu_change_plan_show (self->plan, host, change);
    g_signal_connect_object (change, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    update (self);
    return GTK_WIDGET (self);
}
