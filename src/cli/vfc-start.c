/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow start". */
#include "vfc-commands.h"

#include "vfc-libvirt.h"
#include "vfc-progress.h"
#include "vfc-vm.h"

#include "vf-start.h"

#include <glib/gi18n-lib.h>

static gboolean
start_machine (gpointer data, GError **error)
{
    return vf_start (data, error);
}

/* Libvirt waits for the hook, and that for the GPU: its steps are shown meanwhile. */
static gboolean
start_with_progress (VfcRun *run, VfMachine *machine, const VfPairing *pairing, GError **error)
{
    g_autoptr (VfcProgress) progress = NULL;
    g_autoptr (VfClientGpu) gpu = NULL;
    VfPciAddress address;

    if (pairing != NULL && vf_pci_address_parse (pairing->gpu, &address, NULL))
        gpu = vf_client_find_gpu (run->client, address, NULL);
    if (gpu != NULL)
        progress = vfc_progress_new (gpu);
    return vfc_libvirt_wait_for (start_machine, machine, error);
}

static gboolean
start (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (virConnect) connection = vfc_libvirt_open (run, error);
    g_autoptr (VfMachine) machine =
        connection != NULL ? vf_machine_find (connection, arguments[0], error) : NULL;
    g_autoptr (GPtrArray) pairings = NULL;
    g_autoptr (JsonBuilder) builder = NULL;
    const VfPairing *pairing;

    if (machine == NULL)
        return FALSE;
    pairings = vfc_vm_pairings (run);
    pairing = vf_pairing_find (pairings, machine->uuid);
    if (vf_machine_is_active (machine))
        vfc_say ("The VM %s runs already.", machine->name);
    else if (!start_with_progress (run, machine, pairing, error))
        return FALSE;
    else
        vfc_say ("The VM %s runs%s%s.", machine->name, pairing != NULL ? _ (" with ") : "",
                 pairing != NULL ? pairing->gpu : "");
    if (run->json) {
        builder = vfc_json_begin ();
        vfc_vm_add_json (machine, pairing, builder);
        vfc_json_end (run, builder);
    }
    return TRUE;
}

const VfcCommand vfc_command_start = {
    .name = "start",
    .arguments = "VM",
    .description = "Starts a VM. The GPU that it was given is taken from the host first, if it is"
                   " still there;\nwhen it cannot be taken the VM does not start.",
    .example = "  virtflow start win11",
    .fewest = 1,
    .most = 1,
    .run = start,
};
