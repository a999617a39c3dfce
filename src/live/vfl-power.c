/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which actions on a VM are possible, and carries them out. */
#include "vfl-power.h"

#include "vf-power.h"
#include "vf-shutdown.h"
#include "vf-start.h"
#include "vfl-wish.h"
#include "vfl-work.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *id;
    const char *activity; /* NULL for what is done at once */
} powers[VFL_N_POWERS] = {
    [VFL_POWER_START] = { "start", N_ ("starting") },
    [VFL_POWER_STOP] = { "stop", N_ ("shutting down") },
    [VFL_POWER_FORCE_OFF] = { "force-off", N_ ("being forced off") },
    [VFL_POWER_REBOOT] = { "reboot", N_ ("restarting") },
    [VFL_POWER_PAUSE] = { "pause", NULL },
    [VFL_POWER_RESUME] = { "resume", NULL },
    [VFL_POWER_AUTOSTART] = { "autostart", NULL },
};

typedef struct {
    VflMachines *machines;
    VflMachine *machine;
    VflPower power;
    VfMachine *value; /* for the thread */
} Request;

static void
free_request (gpointer data)
{
    Request *request = data;

    g_object_unref (request->machines);
    g_object_unref (request->machine);
    vf_machine_free (request->value);
    g_free (request);
}

const char *
vfl_power_id (VflPower power)
{
    return powers[power].id;
}

gboolean
vfl_power_is_possible (VflMachine *machine, VflPower power)
{
    const VfMachine *value = vfl_machine_value (machine);
    gboolean active = vfl_machine_is_active (machine);

    /* A guest that ignores the request to stop can still be forced. */
    if (power == VFL_POWER_FORCE_OFF)
        return active;
    if (vfl_machine_is_busy (machine))
        return FALSE;
    switch (power) {
    case VFL_POWER_START:
        return !active;
    case VFL_POWER_STOP:
    case VFL_POWER_REBOOT:
    case VFL_POWER_PAUSE:
        return value->state == VF_MACHINE_RUNNING;
    case VFL_POWER_RESUME:
        return value->state == VF_MACHINE_PAUSED || value->state == VF_MACHINE_SUSPENDED;
    case VFL_POWER_AUTOSTART:
        return value->persistent;
    case VFL_POWER_FORCE_OFF:
    default:
        return FALSE;
    }
}

static gboolean
carry_out (const Request *request, GError **error)
{
    VfMachine *machine = request->value;

    switch (request->power) {
    case VFL_POWER_START:
        return vf_start (machine, error);
    case VFL_POWER_STOP:
        return vf_shutdown_ask (machine, VFL_STOP_DEADLINE, NULL, error);
    case VFL_POWER_FORCE_OFF:
        return vf_shutdown_force (machine, error);
    case VFL_POWER_REBOOT:
        return vf_power_reboot (machine, error);
    case VFL_POWER_PAUSE:
        return vf_power_pause (machine, error);
    case VFL_POWER_RESUME:
        return vf_power_resume (machine, error);
    case VFL_POWER_AUTOSTART:
    default:
        return vf_power_set_autostart (machine, !machine->autostart, error);
    }
}

static gpointer
work (gpointer data, GCancellable *cancellable, GError **error)
{
    return GINT_TO_POINTER (carry_out (data, error));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GTask) task = data;
    const Request *request = g_task_get_task_data (task);
    GError *error = NULL;
    gboolean done = GPOINTER_TO_INT (vfl_work_finish (result, &error));

    if (powers[request->power].activity != NULL)
        vfl_machine_end_activity (request->machine, _ (powers[request->power].activity));
    vfl_machines_look_at (request->machines, request->machine);
    if (done)
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

void
vfl_power_do (VflMachines *machines,
              VflMachine *machine,
              VflPower power,
              GAsyncReadyCallback done,
              gpointer data)
{
    GTask *task = g_task_new (machine, NULL, done, data);
    Request request = { g_object_ref (machines), g_object_ref (machine), power,
                        vf_machine_copy (vfl_machine_value (machine)) };

    g_task_set_task_data (task, g_memdup2 (&request, sizeof request), free_request);
    if (powers[power].activity != NULL)
        vfl_machine_begin_activity (machine, _ (powers[power].activity));
    vfl_work_start (G_OBJECT (task), work, g_task_get_task_data (task), NULL, NULL, NULL, on_done,
                    task);
}

gboolean
vfl_power_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
