/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the actions on a VM. */
#include "vfu-machine-actions.h"

#include "vfl-console.h"
#include "vfl-power.h"
#include "vfu-change-dialog.h"
#include "vfu-dialog.h"
#include "vfu-failure.h"

#include <glib/gi18n.h>

struct _VfuMachineActions {
    GObject parent;
    GtkWindow *window; /* NULL when it was closed */
    VflHost *host;
    VflMachine *machine;
    GSimpleActionGroup *group;
    GSignalGroup *changes;
};
G_DEFINE_FINAL_TYPE (VfuMachineActions, vfu_machine_actions, G_TYPE_OBJECT)

static const char *const failures[VFL_N_POWERS] = {
    [VFL_POWER_START] = N_ ("The Machine Was Not Started"),
    [VFL_POWER_STOP] = N_ ("The Machine Did Not Stop"),
    [VFL_POWER_FORCE_OFF] = N_ ("The Machine Was Not Forced Off"),
    [VFL_POWER_REBOOT] = N_ ("The Machine Was Not Restarted"),
    [VFL_POWER_PAUSE] = N_ ("The Machine Was Not Paused"),
    [VFL_POWER_RESUME] = N_ ("The Machine Was Not Resumed"),
    [VFL_POWER_AUTOSTART] = N_ ("The Setting Was Not Changed"),
};

typedef struct {
    VfuMachineActions *actions;
    VflPower power;
} Press;

static void
set_enabled (VfuMachineActions *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (VfuMachineActions *self)
{
    VflMachine *machine = self->machine;
    GAction *autostart = g_action_map_lookup_action (G_ACTION_MAP (self->group), "autostart");

    for (guint power = 0; power < VFL_N_POWERS; power++)
        set_enabled (self, vfl_power_id (power),
                     machine != NULL && vfl_power_is_possible (machine, power));
    set_enabled (self, "console", machine != NULL && vfl_machine_is_active (machine));
    set_enabled (self, "activate-gpu", machine != NULL && vfl_machine_can_activate (machine));
    set_enabled (self, "deactivate-gpu", machine != NULL && vfl_machine_can_deactivate (machine));
    set_enabled (self, "give-back", machine != NULL && vfl_machine_can_give_back (machine));
    g_simple_action_set_state (
        G_SIMPLE_ACTION (autostart),
        g_variant_new_boolean (machine != NULL && vfl_machine_value (machine)->autostart));
}

static void
on_power_done (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autofree Press *press = data;
    g_autoptr (VfuMachineActions) self = press->actions;
    g_autoptr (GError) error = NULL;

    if (!vfl_power_finish (result, &error))
        vfu_failure_tell_somebody (self->window, vfl_host_vigil (self->host),
                                   _ (failures[press->power]), error);
}

static void
do_power (VfuMachineActions *self, VflMachine *machine, VflPower power)
{
    Press press = { g_object_ref (self), power };

    vfl_power_do (vfl_host_machines (self->host), machine, power, on_power_done,
                  g_memdup2 (&press, sizeof press));
}

static void
on_force_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
    VfuMachineActions *self = data;

    /* The page may show something else by now. */
    if (g_strcmp0 (response, "force") == 0)
        do_power (self, g_object_get_data (G_OBJECT (dialog), "machine"), VFL_POWER_FORCE_OFF);
}

/* The one action that cannot be undone. */
static void
ask_to_force (VfuMachineActions *self)
{
    GtkWidget *dialog = adw_message_dialog_new (self->window, NULL, NULL);

    adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Force “%s” Off?"),
                                       vfl_machine_name (self->machine));
    adw_message_dialog_set_body (
        ADW_MESSAGE_DIALOG (dialog),
        _ ("It ends as if its plug was pulled. What its guest did not save "
           "is lost."));
    adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "force",
                                      _ ("_Force Off"), NULL);
    adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "force",
                                                ADW_RESPONSE_DESTRUCTIVE);
    adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
    g_object_set_data_full (G_OBJECT (dialog), "machine", g_object_ref (self->machine),
                            g_object_unref);
    g_signal_connect_object (dialog, "response", G_CALLBACK (on_force_response), self, 0);
    vfu_dialog_present (dialog);
}

static void
on_power (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuMachineActions *self = data;
    const char *name = g_action_get_name (G_ACTION (action));

    for (guint power = 0; power < VFL_N_POWERS; power++) {
        if (g_strcmp0 (name, vfl_power_id (power)) != 0)
            continue;
        if (power == VFL_POWER_FORCE_OFF)
            ask_to_force (self);
        else
            do_power (self, self->machine, power);
        return;
    }
}

static void
on_console_done (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VfuMachineActions) self = data;
    g_autoptr (GError) error = NULL;

    if (!vfl_console_finish (result, &error))
        vfu_failure_tell_somebody (self->window, vfl_host_vigil (self->host),
                                   _ ("Where the Picture Is"), error);
}

static void
on_console (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuMachineActions *self = data;

    vfl_console_open (self->machine, on_console_done, g_object_ref (self));
}

/* The change belongs to the app: closing the dialog stops nothing. */
static void
open_change (VfuMachineActions *self, VflChange *change)
{
    g_autoptr (VflChange) owned = change;

    gtk_window_present (GTK_WINDOW (vfu_change_dialog_new (self->window, self->host, owned)));
}

static void
on_activate_gpu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuMachineActions *self = data;

    open_change (self, vfl_change_new_activation (self->host, self->machine));
}

static void
on_deactivate_gpu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuMachineActions *self = data;

    open_change (self, vfl_change_new_deactivation (self->host, self->machine));
}

static void
on_give_back_done (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VfuMachineActions) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = vfl_daemon_answer (result, &error);

    if (answer == NULL)
        vfu_failure_tell_somebody (self->window, vfl_host_vigil (self->host),
                                   _ ("The Card Was Not Given Back"), error);
}

static void
on_give_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuMachineActions *self = data;

    vfl_daemon_give_back (vfl_host_daemon (self->host), vfl_machine_gpu (self->machine),
                          on_give_back_done, g_object_ref (self));
}

static void
vfu_machine_actions_dispose (GObject *object)
{
    VfuMachineActions *self = VFU_MACHINE_ACTIONS (object);

    g_clear_object (&self->changes);
    g_clear_object (&self->machine);
    g_clear_object (&self->host);
    g_clear_object (&self->group);
    g_clear_weak_pointer (&self->window);
    G_OBJECT_CLASS (vfu_machine_actions_parent_class)->dispose (object);
}

static void
vfu_machine_actions_class_init (VfuMachineActionsClass *class)
{
    G_OBJECT_CLASS (class)->dispose = vfu_machine_actions_dispose;
}

static void
vfu_machine_actions_init (VfuMachineActions *self)
{
    static const GActionEntry actions[] = {
        { "start", on_power },
        { "stop", on_power },
        { "force-off", on_power },
        { "reboot", on_power },
        { "pause", on_power },
        { "resume", on_power },
        { "autostart", on_power, NULL, "false", NULL },
        { "console", on_console },
        { "activate-gpu", on_activate_gpu },
        { "deactivate-gpu", on_deactivate_gpu },
        { "give-back", on_give_back },
    };

    self->group = g_simple_action_group_new ();
    g_action_map_add_action_entries (G_ACTION_MAP (self->group), actions, G_N_ELEMENTS (actions),
                                     self);
    self->changes = g_signal_group_new (VFL_TYPE_MACHINE);
    g_signal_group_connect_swapped (self->changes, "changed", G_CALLBACK (update), self);
    update (self);
}

VfuMachineActions *
vfu_machine_actions_new (GtkWindow *window, VflHost *host)
{
    VfuMachineActions *self = g_object_new (VFU_TYPE_MACHINE_ACTIONS, NULL);

    self->host = g_object_ref (host);
    g_set_weak_pointer (&self->window, window);
    gtk_widget_insert_action_group (GTK_WIDGET (window), "machine", G_ACTION_GROUP (self->group));
    return self;
}

void
vfu_machine_actions_set_machine (VfuMachineActions *self, VflMachine *machine)
{
    g_set_object (&self->machine, machine);
    g_signal_group_set_target (self->changes, machine);
    update (self);
}
