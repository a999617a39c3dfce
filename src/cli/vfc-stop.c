/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow stop". */
#include "vfc-commands.h"

#include "vfc-gpu.h"
#include "vfc-homecoming.h"
#include "vfc-libvirt.h"
#include "vfc-progress.h"
#include "vfc-timeout.h"
#include "vfc-vm.h"

#include "vf-shutdown.h"

static gboolean force;
static int timeout = VFC_TIMEOUT_DEFAULT;

static const GOptionEntry options[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force,
      "End it at once; the guest loses what it did not save", NULL },
    VFC_TIMEOUT_OPTION (&timeout),
    { 0 },
};

static gboolean
end_machine (gpointer data, GError **error)
{
    return force ? vf_shutdown_force (data, error)
                 : vf_shutdown_ask (data, (guint) timeout * 1000, NULL, error);
}

static void
answer (VfcRun *run, const VfMachine *machine, const GPtrArray *pairings, VfClientGpu *gpu)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();
    g_autoptr (VfcGpu) shown = gpu != NULL ? vfc_gpu_from_client (gpu) : NULL;

    vfc_vm_add_json (machine, vf_pairing_find (pairings, machine->uuid), builder);
    if (shown != NULL)
        vfc_gpu_add_json (shown, builder);
    else
        vfc_json_text (builder, "gpu", NULL);
    vfc_json_end (run, builder);
}

static gboolean
stop_and_wait (VfcHomecoming *homecoming, VfMachine *machine, GError **error)
{
    g_autoptr (VfcProgress) progress = NULL;
    VfClientGpu *gpu = homecoming != NULL ? vfc_homecoming_gpu (homecoming) : NULL;

    if (gpu != NULL)
        progress = vfc_progress_new (gpu);
    if (!vfc_libvirt_wait_for (end_machine, machine, error))
        return FALSE;
    vfc_say ("The VM %s is off.", machine->name);
    if (homecoming == NULL)
        return TRUE;
    if (!vfc_homecoming_wait (homecoming, error))
        return FALSE;
    g_clear_pointer (&progress, vfc_progress_free);
    vfc_say ("%s is back on the host.", vf_dbus_gpu_get_address (gpu));
    return TRUE;
}

static gboolean
stop (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (virConnect) connection = NULL;
    g_autoptr (VfMachine) machine = NULL;
    g_autoptr (GPtrArray) pairings = NULL;
    g_autoptr (VfcHomecoming) homecoming = NULL;

    if (!vfc_timeout_check (timeout, error))
        return FALSE;
    connection = vfc_libvirt_open (run, error);
    machine = connection != NULL ? vf_machine_find (connection, arguments[0], error) : NULL;
    if (machine == NULL)
        return FALSE;
    pairings = vfc_vm_pairings (run);
    if (!vf_machine_is_active (machine))
        vfc_say ("The VM %s is off already.", machine->name);
    else {
        homecoming = run->client != NULL ? vfc_homecoming_new (run->client, machine->uuid) : NULL;
        if (!stop_and_wait (homecoming, machine, error))
            return FALSE;
    }
    if (run->json)
        answer (run, machine, pairings,
                homecoming != NULL ? vfc_homecoming_gpu (homecoming) : NULL);
    return TRUE;
}

const VfcCommand vfc_command_stop = {
    .name = "stop",
    .arguments = "VM",
    .description = "Shuts a VM down as its power button does, waits until it is off, and until the"
                   " GPU that it\nhad is back on the host. A guest that does not stop in time keeps"
                   " running.",
    .example = "  virtflow stop win11\n  virtflow stop win11 --timeout 300\n"
               "  virtflow stop win11 --force",
    .options = options,
    .fewest = 1,
    .most = 1,
    .run = stop,
};
