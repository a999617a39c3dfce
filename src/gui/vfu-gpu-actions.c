/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the actions on a GPU. */
#include "vfu-gpu-actions.h"

#include "vf-client.h"
#include "vfu-failure.h"

#include <glib/gi18n.h>

struct _VfuGpuActions {
    GObject parent;
    GtkWindow *window; /* NULL when it was closed */
    VflHost *host;
    VflGpu *gpu;
    GSimpleActionGroup *group;
    GSignalGroup *changes;
};
G_DEFINE_FINAL_TYPE (VfuGpuActions, vfu_gpu_actions, G_TYPE_OBJECT)

static void
set_enabled (VfuGpuActions *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (VfuGpuActions *self)
{
    set_enabled (self, "give-back", self->gpu != NULL && vfl_gpu_can_return (self->gpu));
    set_enabled (self, "recover", self->gpu != NULL && vfl_gpu_needs_recovery (self->gpu));
}

static void
on_given_back (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VfuGpuActions) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = vfl_daemon_answer (result, &error);

    if (answer == NULL)
        vfu_failure_tell_somebody (self->window, vfl_host_vigil (self->host),
                                   _ ("The Card Was Not Given Back"), error);
}

static void
on_give_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuGpuActions *self = data;

    vfl_daemon_give_back (vfl_host_daemon (self->host), self->gpu, on_given_back,
                          g_object_ref (self));
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VfuGpuActions) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = vfl_daemon_answer (result, &error);
    g_auto (GStrv) report = NULL;
    g_autofree char *sentences = NULL;

    if (self->window == NULL)
        return;
    if (answer == NULL) {
        vfu_failure_show (self->window, _ ("The Card Was Not Recovered"), error);
        return;
    }
    report = vf_client_recovery_report (answer);
    sentences = g_strjoinv ("\n", report);
    vfu_failure_tell (self->window, _ ("Recovery"), sentences);
}

static void
on_recover (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    VfuGpuActions *self = data;

    vfl_daemon_ask (vfl_host_daemon (self->host), NULL, "Recover", NULL, on_recovered,
                    g_object_ref (self));
}

static void
vfu_gpu_actions_dispose (GObject *object)
{
    VfuGpuActions *self = VFU_GPU_ACTIONS (object);

    g_clear_object (&self->changes);
    g_clear_object (&self->gpu);
    g_clear_object (&self->host);
    g_clear_object (&self->group);
    g_clear_weak_pointer (&self->window);
    G_OBJECT_CLASS (vfu_gpu_actions_parent_class)->dispose (object);
}

static void
vfu_gpu_actions_class_init (VfuGpuActionsClass *class)
{
    G_OBJECT_CLASS (class)->dispose = vfu_gpu_actions_dispose;
}

static void
vfu_gpu_actions_init (VfuGpuActions *self)
{
    static const GActionEntry actions[] = {
        { "give-back", on_give_back },
        { "recover", on_recover },
    };

    self->group = g_simple_action_group_new ();
    g_action_map_add_action_entries (G_ACTION_MAP (self->group), actions, G_N_ELEMENTS (actions),
                                     self);
    self->changes = g_signal_group_new (VFL_TYPE_GPU);
    g_signal_group_connect_swapped (self->changes, "changed", G_CALLBACK (update), self);
    update (self);
}

VfuGpuActions *
vfu_gpu_actions_new (GtkWindow *window, VflHost *host)
{
    VfuGpuActions *self = g_object_new (VFU_TYPE_GPU_ACTIONS, NULL);

    self->host = g_object_ref (host);
    g_set_weak_pointer (&self->window, window);
    gtk_widget_insert_action_group (GTK_WIDGET (window), "gpu", G_ACTION_GROUP (self->group));
    return self;
}

void
vfu_gpu_actions_set_gpu (VfuGpuActions *self, VflGpu *gpu)
{
    g_set_object (&self->gpu, gpu);
    g_signal_group_set_target (self->changes, gpu);
    update (self);
}
