/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how VMs look in tables and in JSON. */
#include "vfc-vm.h"

#include <string.h>

GPtrArray *
vfc_vm_pairings (VfcRun *run)
{
    g_autoptr (GError) error = NULL;
    VfClient *client = vfc_run_client (run, &error);
    GPtrArray *pairings = client != NULL ? vf_pairing_list (client, &error) : NULL;

    if (pairings != NULL)
        return pairings;
    vfc_say ("Which VM has which GPU is not known. %s", error->message);
    return g_ptr_array_new ();
}

static void
add_pairing (const VfPairing *pairing, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "gpu");
    if (pairing == NULL) {
        json_builder_add_null_value (builder);
        return;
    }
    json_builder_begin_object (builder);
    vfc_json_text (builder, "address", pairing->gpu);
    vfc_json_text (builder, "profile", pairing->profile);
    vfc_json_flag (builder, "on_start", pairing->on_start);
    vfc_json_flag (builder, "pending", pairing->pending);
    vfc_json_flag (builder, "present", pairing->present);
    json_builder_end_object (builder);
}

void
vfc_vm_add_json_members (const VfMachine *machine, const VfPairing *pairing, JsonBuilder *builder)
{
    vfc_json_text (builder, "name", machine->name);
    vfc_json_text (builder, "uuid", machine->uuid);
    vfc_json_text (builder, "state", vf_machine_state_id (machine->state));
    vfc_json_flag (builder, "persistent", machine->persistent);
    vfc_json_flag (builder, "autostart", machine->autostart);
    vfc_json_flag (builder, "managed_save", machine->managed_save);
    add_pairing (pairing, builder);
}

void
vfc_vm_add_json (const VfMachine *machine, const VfPairing *pairing, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "vm");
    json_builder_begin_object (builder);
    vfc_vm_add_json_members (machine, pairing, builder);
    json_builder_end_object (builder);
}

void
vfc_vm_add_json_list (const GPtrArray *machines, const GPtrArray *pairings, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "vms");
    json_builder_begin_array (builder);
    for (guint i = 0; i < machines->len; i++) {
        const VfMachine *machine = g_ptr_array_index (machines, i);

        json_builder_begin_object (builder);
        vfc_vm_add_json_members (machine, vf_pairing_find (pairings, machine->uuid), builder);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

char *
vfc_vm_describe_gpu (const VfPairing *pairing)
{
    if (pairing == NULL)
        return g_strdup ("-");
    return g_strconcat (pairing->gpu, pairing->present ? "" : " (not in this machine)",
                        pairing->pending ? " (unfinished)" : "", NULL);
}

void
vfc_vm_print_table (const VfcRun *run, const GPtrArray *machines, const GPtrArray *pairings)
{
    static const char *const titles[] = { "VM", "STATE", "GPU", "PROFILE", NULL };
    g_autoptr (VfcTable) table = vfc_table_new (run, titles);

    for (guint i = 0; i < machines->len; i++) {
        const VfMachine *machine = g_ptr_array_index (machines, i);
        const VfPairing *pairing = vf_pairing_find (pairings, machine->uuid);
        g_autofree char *gpu = vfc_vm_describe_gpu (pairing);
        const char *cells[] = { machine->name, vf_machine_state_words (machine->state), gpu,
                                pairing != NULL ? pairing->profile : "-" };

        vfc_table_add (table, cells);
        vfc_table_color (table, 1, vf_machine_is_active (machine) ? "green" : NULL);
    }
    vfc_table_print (table);
}
