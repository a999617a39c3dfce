/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow activate". */
#include "vfc-commands.h"

#include "vfc-gpu-choice.h"
#include "vfc-input.h"
#include "vfc-libvirt.h"
#include "vfc-switch.h"
#include "vfc-timeout.h"
#include "vfc-transaction.h"
#include "vfc-vm.h"

#include "vf-activation.h"

#include <stdio.h>

static VfcTransactionOptions common = { .timeout = VFC_TIMEOUT_DEFAULT };
static gboolean on_start;
static char *profile;
static char **evdev;
static char **usb;

static const GOptionEntry options[] = {
    { "on-start", 0, 0, G_OPTION_ARG_NONE, &on_start,
      "Leave the GPU with the host until the VM starts", NULL },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &profile,
      "monitor: a screen is connected to the GPU (default); keep: keep the virtual display",
      "PROFILE" },
    { "evdev", 0, 0, G_OPTION_ARG_STRING_ARRAY, &evdev,
      "Give the VM this keyboard or mouse of the host as well", "PATH" },
    { "usb", 0, 0, G_OPTION_ARG_STRING_ARRAY, &usb,
      "Give the VM this USB device of the host as well", "VVVV:PPPP" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &common.dry_run, "Say what would happen, and do nothing",
      NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &common.yes, "Shut down a VM that runs without asking",
      NULL },
    VFC_TIMEOUT_OPTION (&common.timeout),
    { 0 },
};

typedef struct {
    VfTransaction transaction;
    VfMachine *machine;
    VfActivationWish wish;
} Request;

static gboolean
activate_machine (gpointer data, GError **error)
{
    Request *request = data;

    return vf_activation_run (&request->transaction, request->machine, &request->wish, error);
}

static void
answer_plan (VfcRun *run,
             const Request *request,
             const VfPreview *preview,
             const VfPlan *plan,
             const GPtrArray *blockers)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();
    g_autofree char *diff = vf_preview_diff (preview);

    vfc_json_text (builder, "vm", request->machine->name);
    vfc_json_text (builder, "gpu", vf_dbus_gpu_get_address (request->wish.gpu));
    vfc_json_text (builder, "profile", vf_display_profile_id (request->wish.profile));
    vfc_json_flag (builder, "on_start", request->wish.on_start);
    vfc_json_flag (builder, "stops_vm", preview->stops_vm);
    vfc_input_add_json (builder, request->wish.inputs);
    vfc_switch_add_plan_json (plan, builder);
    vfc_json_blockers (builder, blockers);
    vfc_json_text (builder, "diff", diff);
    vfc_json_end (run, builder);
}

/* Without a plan when somebody holds a GPU that goes with the start of the VM. */
static void
print_plan (const VfcRun *run, const Request *request, const VfPreview *preview, const VfPlan *plan)
{
    const char *address = vf_dbus_gpu_get_address (request->wish.gpu);

    if (preview->stops_vm)
        printf ("The VM is shut down first.\n\n");
    if (plan == NULL)
        printf ("%s stays with the host until the VM starts. It is in use now, and must not be "
                "then.\n",
                address);
    else if (request->wish.on_start)
        printf ("%s stays with the host until the VM starts. Then:\n", address);
    else
        printf ("%s goes to the VM:\n", address);
    if (plan != NULL)
        vfc_switch_print_plan (plan);
    printf ("\nThe VM is defined anew:\n");
    vfc_transaction_print_diff (run, preview);
}

static gboolean
dry_run (VfcRun *run, const Request *request, GError **error)
{
    g_auto (VfPreview) preview = { 0 };
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;

    if (!vf_activation_preview (request->machine, &request->wish, &preview, error))
        return FALSE;
    plan = vf_activation_plan (request->machine, &request->wish, &blockers, error);
    if (plan == NULL && blockers == NULL)
        return FALSE;
    if (run->json)
        answer_plan (run, request, &preview, plan, blockers);
    if (blockers != NULL && blockers->len > 0) {
        g_propagate_error (error, vf_blockers_to_error (blockers));
        return FALSE;
    }
    if (!run->json)
        print_plan (run, request, &preview, plan);
    return TRUE;
}

static void
answer (VfcRun *run, const VfMachine *machine)
{
    g_autoptr (GPtrArray) pairings = vfc_vm_pairings (run);
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    vfc_vm_add_json (machine, vf_pairing_find (pairings, machine->uuid), builder);
    vfc_json_end (run, builder);
}

static gboolean
run_request (VfcRun *run, Request *request, GError **error)
{
    g_auto (VfPreview) preview = { 0 };

    if (common.dry_run)
        return dry_run (run, request, error);
    /* Nobody is asked about a VM that could not be activated anyway. */
    if (!vf_activation_preview (request->machine, &request->wish, &preview, error)
        || !vfc_transaction_confirm (&common, request->machine, error)
        || !vfc_transaction_run (run, &request->transaction, request->wish.gpu, activate_machine,
                                 request, error))
        return FALSE;
    if (run->json)
        answer (run, request->machine);
    return TRUE;
}

static gboolean
activate (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (virConnect) connection = NULL;
    g_autoptr (VfMachine) machine = NULL;
    g_autoptr (VfClientGpu) gpu = NULL;
    g_autoptr (GPtrArray) inputs = NULL;
    Request request = { .wish = { .on_start = on_start, .profile = VF_DISPLAY_PROFILE_MONITOR } };

    if (!vfc_timeout_check (common.timeout, error)
        || (profile != NULL && !vf_display_profile_parse (profile, &request.wish.profile, error))
        || (inputs = vfc_input_parse (evdev, usb, error)) == NULL)
        return FALSE;
    connection = vfc_libvirt_open (run, error);
    machine = connection != NULL ? vf_machine_find (connection, arguments[0], error) : NULL;
    if (machine == NULL || !vf_activation_is_possible (machine, error)
        || !vfc_input_check (connection, inputs, error) || vfc_run_client (run, error) == NULL)
        return FALSE;
    gpu = vfc_gpu_choose (run->client, arguments[1], vfc_gpu_fits_lending, error);
    if (gpu == NULL)
        return FALSE;
    request.transaction = vfc_transaction_new (run, &common, machine);
    request.machine = machine;
    request.wish.gpu = gpu;
    request.wish.inputs = inputs;
    return run_request (run, &request, error);
}

const VfcCommand vfc_command_activate = {
    .name = "activate",
    .arguments = "VM [GPU]",
    .description = "Gives a VM a GPU: takes the GPU from the host, takes the virtual display and"
                   " sound out of the\nVM's configuration and puts the GPU in. From then on each"
                   " start of the VM, by whatever\nprogram, takes the GPU, and each stop gives it"
                   " back. When a step fails, or Ctrl+C is pressed\nbefore the VM is changed,"
                   " everything is as it was. \"virtflow deactivate\" undoes it.\n\nGPU is its"
                   " address (0000:01:00.0 or 01:00.0), a part of its"
                   " model's name, or nothing when\nonly one can be lent.\n\nWithout its virtual"
                   " display the VM has no keyboard and mouse: give it those of the host with\n"
                   "--evdev (from /dev/input/by-id; both Ctrl keys switch it between host and"
                   " guest; without it\nthe VM does not start) or --usb (as lsusb shows it; the"
                   " host loses the device while the VM\nruns). Both may be repeated.",
    .example = "  virtflow activate win11 --dry-run\n  virtflow activate win11 --usb 046d:c52b\n  "
               "virtflow activate win11 01:00.0\n"
               "  virtflow activate win11 --on-start --yes",
    .options = options,
    .fewest = 1,
    .most = 2,
    .run = activate,
};
