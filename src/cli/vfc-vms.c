/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow vms". */
#include "vfc-commands.h"

#include "vfc-libvirt.h"
#include "vfc-vm.h"

#include "vf-text.h"

static gboolean
list_vms (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (virConnect) connection = vfc_libvirt_open (run, error);
    g_autoptr (GPtrArray) machines = NULL;
    g_autoptr (GPtrArray) pairings = NULL;
    g_autoptr (JsonBuilder) builder = NULL;

    if (connection == NULL)
        return FALSE;
    machines = vf_machine_list (connection, error);
    if (machines == NULL)
        return FALSE;
    pairings = vfc_vm_pairings (run);
    if (run->json) {
        builder = vfc_json_begin ();
        vfc_vm_add_json_list (machines, pairings, builder);
        vfc_json_end (run, builder);
    } else if (machines->len > 0)
        vfc_vm_print_table (run, machines, pairings);
    else {
        g_autofree char *sentence = vf_text_no_machines ();

        vfc_say ("%s", sentence);
    }
    return TRUE;
}

const VfcCommand vfc_command_vms = {
    .name = "vms",
    .arguments = "",
    .description = "Lists the VMs of this host's libvirt with their states and the GPUs that they"
                   " were given.",
    .example = "  virtflow vms\n  virtflow vms --json",
    .run = list_vms,
};
