/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow show". */
#include "vfc-commands.h"

#include "vfc-facts.h"
#include "vfc-gpu-choice.h"
#include "vfc-libvirt.h"
#include "vfc-page.h"
#include "vfc-vm.h"

#include <stdio.h>
#include <string.h>

static void
print_vm (const VfMachine *machine, const VfPairing *pairing)
{
    g_autofree char *gpu = vfc_vm_describe_gpu (pairing);

    vfc_page_line ("VM", machine->name);
    vfc_page_line ("UUID", machine->uuid);
    vfc_page_line ("State", vf_machine_state_words (machine->state));
    vfc_page_line ("Autostart", machine->autostart ? "yes" : "no");
    if (!machine->persistent)
        vfc_page_line ("Kept", "no: it is gone when it stops");
    if (machine->managed_save)
        vfc_page_line ("Saved", "its next start goes on from a saved memory image");
    vfc_page_line ("GPU", gpu);
    if (pairing != NULL) {
        vfc_page_line ("Profile", pairing->profile);
        vfc_page_line ("Taken", pairing->on_start ? "by its next start" : "at activation");
    }
}

static void
answer_vm (VfcRun *run,
           const VfMachine *machine,
           const VfPairing *pairing,
           const VfDomainFacts *facts,
           const VfGuest *guest)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "vm");
    json_builder_begin_object (builder);
    vfc_vm_add_json_members (machine, pairing, builder);
    vfc_facts_add_json (facts, builder);
    vfc_facts_add_guest_json (guest, builder);
    json_builder_end_object (builder);
    vfc_json_end (run, builder);
}

static gboolean
show_vm (VfcRun *run, const VfMachine *machine, GError **error)
{
    g_autoptr (VfDomainFacts) facts = vf_machine_facts (machine, error);
    g_autoptr (GPtrArray) pairings = NULL;
    g_autoptr (VfGuest) guest = NULL;
    const VfPairing *pairing;

    if (facts == NULL)
        return FALSE;
    pairings = vfc_vm_pairings (run);
    pairing = vf_pairing_find (pairings, machine->uuid);
    guest = vf_guest_look (machine);
    if (run->json) {
        answer_vm (run, machine, pairing, facts, guest);
        return TRUE;
    }
    print_vm (machine, pairing);
    vfc_facts_print (facts);
    vfc_facts_print_guest (guest);
    return TRUE;
}

static const char *
fact (GVariant *facts, const char *key)
{
    const char *value = "";

    g_variant_lookup (facts, key, "&s", &value);
    return value;
}

/* The connector that a monitor is plugged into; "" for none; NULL when that is not known. */
static const char *
monitor_of (GVariant *facts)
{
    const char *connector = NULL;

    g_variant_lookup (facts, "monitor", "&s", &connector);
    return connector;
}

static void
add_holders (const GPtrArray *holders, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "holders");
    json_builder_begin_array (builder);
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        json_builder_begin_object (builder);
        vfc_json_number (builder, "pid", holder->pid);
        vfc_json_text (builder, "command", holder->command);
        vfc_json_text (builder, "user", holder->user);
        vfc_json_text (builder, "unit", holder->unit);
        vfc_json_text (builder, "node", holder->node);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

static void
answer_gpu (VfcRun *run, const VfcGpu *gpu, GVariant *facts, const GPtrArray *holders)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "gpu");
    json_builder_begin_object (builder);
    vfc_gpu_add_json_members (gpu, builder);
    vfc_json_text (builder, "power", fact (facts, "power"));
    vfc_json_text (builder, "reset_methods", fact (facts, "reset-methods"));
    vfc_json_text (builder, "identity", fact (facts, "identity"));
    vfc_json_text (builder, "monitor", monitor_of (facts));
    add_holders (holders, builder);
    json_builder_end_object (builder);
    vfc_json_end (run, builder);
}

static const char *
describe_monitor (GVariant *facts)
{
    const char *connector = monitor_of (facts);

    if (connector == NULL)
        return "not known";
    return *connector != '\0' ? connector : "none is plugged in";
}

static void
print_gpu (const VfcRun *run, const VfcGpu *gpu, GVariant *facts, const GPtrArray *holders)
{
    g_autofree char *state = vfc_gpu_describe_state (gpu);
    g_autoptr (GPtrArray) itself = g_ptr_array_new ();

    vfc_page_line ("GPU", gpu->address);
    vfc_page_line ("Model", gpu->name);
    vfc_page_line ("State", state);
    if (g_variant_n_children (facts) > 0) {
        vfc_page_line ("Power", fact (facts, "power"));
        vfc_page_line ("Resets by", *fact (facts, "reset-methods") != '\0'
                                        ? fact (facts, "reset-methods")
                                        : "nothing of its own");
        vfc_page_line ("Monitor", describe_monitor (facts));
    }
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);
        g_autofree char *words = g_strdup_printf ("%s (pid %u, user %s) by %s", holder->command,
                                                  holder->pid, holder->user, holder->node);

        vfc_page_line (i == 0 ? "Used by" : "", words);
    }
    for (guint i = 0; gpu->blockers != NULL && i < gpu->blockers->len; i++)
        vfc_page_line (i == 0 ? "Cannot go" : "",
                       ((VfBlocker *) g_ptr_array_index (gpu->blockers, i))->sentence);
    putchar ('\n');
    g_ptr_array_add (itself, (gpointer) gpu);
    vfc_gpu_print_table (run, itself);
}

/* Of a GPU about which the kernel does not answer only what the daemon knows is shown. */
static gboolean
inspect (VfClientGpu *source, GVariant **facts, GPtrArray **holders, GError **error)
{
    g_autoptr (GError) failure = NULL;

    if (vf_client_inspect (source, facts, holders, &failure))
        return TRUE;
    if (!vf_error_is (failure, VF_REASON_WEDGED)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    *facts = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
    *holders = g_ptr_array_new ();
    return TRUE;
}

static gboolean
show_gpu (VfcRun *run, const char *name, GError **error)
{
    VfClient *client = vfc_run_client (run, error);
    g_autoptr (VfClientGpu) source = NULL;
    g_autoptr (GVariant) facts = NULL;
    g_autoptr (GPtrArray) holders = NULL;
    g_autoptr (VfcGpu) gpu = NULL;

    if (client == NULL)
        return FALSE;
    source = vfc_gpu_choose (client, name, vfc_gpu_fits_lending, error);
    if (source == NULL || !inspect (source, &facts, &holders, error))
        return FALSE;
    gpu = vfc_gpu_from_client (source);
    if (run->json)
        answer_gpu (run, gpu, facts, holders);
    else
        print_gpu (run, gpu, facts, holders);
    return TRUE;
}

/* A VM may be called anything, even 01:00.0; so the VMs are asked first. */
static gboolean
show (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (GError) gpu_failure = NULL;
    g_autoptr (virConnect) connection = vfc_libvirt_open (run, &failure);
    g_autoptr (VfMachine) machine =
        connection != NULL ? vf_machine_find (connection, arguments[0], &failure) : NULL;

    if (machine != NULL)
        return show_vm (run, machine, error);
    if (vf_error_is (failure, VF_REASON_FOREIGN_LIBVIRT)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (show_gpu (run, arguments[0], &gpu_failure))
        return TRUE;
    /* What is no GPU's name, as far as can be told, was meant as a VM's. */
    if (strchr (arguments[0], ':') == NULL
        && (vf_error_is (gpu_failure, VF_REASON_NO_SUCH_GPU)
            || vf_error_is (gpu_failure, VF_REASON_NO_DAEMON)))
        g_propagate_error (error, g_steal_pointer (&failure));
    else
        g_propagate_error (error, g_steal_pointer (&gpu_failure));
    return FALSE;
}

const VfcCommand vfc_command_show = {
    .name = "show",
    .arguments = "VM|GPU",
    .description = "Shows all about a VM (by name or UUID): the GPU it was given, its hardware and,"
                   " while it runs,\nwhat its guest's agent tells; or about a GPU (by address or a"
                   " part of its model's name): its\npower, how it can be reset, who uses it, and"
                   " why it cannot be lent.",
    .example = "  virtflow show win11\n  virtflow show 01:00.0",
    .fewest = 1,
    .most = 1,
    .run = show,
};
