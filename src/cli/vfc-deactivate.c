/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow deactivate". */
#include "vfc-commands.h"

#include "vfc-agent.h"
#include "vfc-gpu.h"
#include "vfc-json.h"
#include "vfc-libvirt.h"
#include "vfc-switch.h"
#include "vfc-timeout.h"
#include "vfc-transaction.h"

#include "vf-deactivation.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

static VfcTransactionOptions common = { .timeout = VFC_TIMEOUT_DEFAULT };
static gboolean all;

static const GOptionEntry options[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "Every VM that was given a GPU", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &common.dry_run, "Say what would happen, and do nothing",
      NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &common.yes, "Shut down a VM that runs without asking",
      NULL },
    VFC_TIMEOUT_OPTION (&common.timeout),
    { 0 },
};

typedef struct {
    VfcRun *run;
    virConnect *connection;
    GPtrArray *pairings;
    JsonBuilder *answer; /* NULL without --json; its array of VMs is open */
    guint n_answers;     /* how many are in it */
} Session;

typedef struct {
    VfTransaction transaction;
    VfDeactivationSubject subject;
} Request;

static gboolean
deactivate_machine (gpointer data, GError **error)
{
    Request *request = data;

    return vf_deactivation_run (&request->transaction, &request->subject, error);
}

static VfClientGpu *
gpu_of (const Session *session, const VfDeactivationSubject *subject)
{
    VfPciAddress address;

    if (subject->pairing == NULL || !vf_pci_address_parse (subject->pairing->gpu, &address, NULL))
        return NULL;
    return vf_client_find_gpu (session->run->client, address, NULL);
}

static void
begin_vm (Session *session, const char *name, const char *gpu)
{
    json_builder_begin_object (session->answer);
    vfc_json_text (session->answer, "name", name);
    vfc_json_text (session->answer, "gpu", gpu);
    session->n_answers++;
}

static void
begin_subject (Session *session, const VfDeactivationSubject *subject)
{
    begin_vm (session, subject->machine != NULL ? subject->machine->name : subject->pairing->name,
              subject->pairing != NULL ? subject->pairing->gpu : NULL);
}

/* A VM that runs with the GPU is no reason against its return if it is stopped first. */
static void
judge_return (const VfPreview *preview, GPtrArray *blockers)
{
    for (guint i = blockers->len; i-- > 0;) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);

        if (preview->stops_vm && blocker->reason == VF_REASON_VM_RUNNING)
            g_ptr_array_remove_index (blockers, i);
    }
}

static void
answer_plan (Session *session,
             const VfDeactivationSubject *subject,
             const VfPreview *preview,
             const VfPlan *plan,
             const GPtrArray *blockers,
             const GError *refusal)
{
    g_autofree char *diff = vf_preview_diff (preview);

    begin_subject (session, subject);
    vfc_json_flag (session->answer, "stops_vm", preview->stops_vm);
    vfc_switch_add_plan_json (plan, session->answer);
    vfc_json_blockers (session->answer, blockers);
    vfc_json_text (session->answer, "diff", diff);
    if (refusal != NULL)
        vfc_json_error (session->answer, refusal);
    json_builder_end_object (session->answer);
}

static void
print_plan (const Session *session, const VfPreview *preview, VfClientGpu *gpu, const VfPlan *plan)
{
    if (preview->stops_vm)
        printf (_ ("The VM is shut down first; its GPU then goes back to the host.\n\n"));
    else if (plan != NULL && vf_plan_length (plan) > 0) {
        printf (_ ("%s goes back to the host:\n"), vf_dbus_gpu_get_address (gpu));
        vfc_switch_print_plan (plan);
        putchar ('\n');
    }
    if (strcmp (preview->before, preview->after) == 0)
        printf (_ ("The VM is left as it is.\n"));
    else {
        printf (_ ("The VM is defined anew:\n"));
        vfc_transaction_print_diff (session->run, preview);
    }
}

/* @gpu is NULL when it need not be returned. */
static gboolean
dry_run (Session *session, const Request *request, VfClientGpu *gpu, GError **error)
{
    g_auto (VfPreview) preview = { 0 };
    G_GNUC_UNUSED g_autoptr (VfcAgent) agent = vfc_agent_new (session->run);
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;
    g_autoptr (GError) refusal = NULL;

    if (!vf_deactivation_preview (&request->transaction, &request->subject, &preview, error))
        return FALSE;
    plan = gpu != NULL ? vf_client_plan (gpu, VF_TARGET_HOST, NULL, &blockers, error) : NULL;
    if (gpu != NULL && plan == NULL && blockers == NULL)
        return FALSE;
    if (blockers != NULL)
        judge_return (&preview, blockers);
    if (blockers != NULL && blockers->len > 0)
        refusal = vf_blockers_to_error (blockers);
    if (session->answer != NULL)
        answer_plan (session, &request->subject, &preview, plan, blockers, refusal);
    else if (refusal == NULL)
        print_plan (session, &preview, gpu, plan);
    if (refusal == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&refusal));
    return FALSE;
}

static gboolean
deactivate_subject (Session *session, const VfDeactivationSubject *subject, GError **error)
{
    g_autoptr (VfClientGpu) gpu = gpu_of (session, subject);
    Request request = {
        .transaction = vfc_transaction_new (session->run, &common, subject->machine),
        .subject = *subject,
    };

    if (common.dry_run)
        return dry_run (session, &request,
                        gpu != NULL && vfc_gpu_is_of_vm (gpu, subject->pairing->uuid) ? gpu : NULL,
                        error);
    if (subject->machine != NULL && !vfc_transaction_confirm (&common, subject->machine, error))
        return FALSE;
    if (!vfc_transaction_run (session->run, &request.transaction, gpu, deactivate_machine, &request,
                              error))
        return FALSE;
    if (session->answer != NULL) {
        begin_subject (session, subject);
        json_builder_end_object (session->answer);
    }
    return TRUE;
}

static gboolean
deactivate_named (Session *session, const char *name, GError **error)
{
    VfDeactivationSubject subject = { 0 };
    g_autoptr (VfMachine) machine = NULL;

    if (!vf_deactivation_find (session->connection, session->pairings, name, &subject, error))
        return FALSE;
    machine = subject.machine;
    return deactivate_subject (session, &subject, error);
}

static void
answer_failure (Session *session, const VfPairing *pairing, const GError *failure)
{
    begin_vm (session, pairing->name, pairing->gpu);
    vfc_json_error (session->answer, failure);
    json_builder_end_object (session->answer);
}

/* Goes on with the others when one fails, unless it was cancelled; the last failure is that of the
 * run. */
static gboolean
deactivate_all (Session *session, GError **error)
{
    g_autoptr (GError) last = NULL;

    for (guint i = 0; i < session->pairings->len && !vf_error_is (last, VF_REASON_CANCELLED); i++) {
        const VfPairing *pairing = g_ptr_array_index (session->pairings, i);
        g_autoptr (GError) failure = NULL;
        guint n_answers = session->n_answers;

        if (deactivate_named (session, pairing->uuid, &failure))
            continue;
        /* A plan with blockers says so itself. */
        if (session->answer != NULL && session->n_answers == n_answers)
            answer_failure (session, pairing, failure);
        if (last != NULL)
            vfc_say ("virtflow: %s", last->message);
        g_clear_error (&last);
        last = g_steal_pointer (&failure);
    }
    if (session->pairings->len == 0)
        vfc_say ("No VM was given a GPU.");
    if (last == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&last));
    return FALSE;
}

static gboolean
deactivate_what (Session *session, const char *name, GError **error)
{
    gboolean done;

    if (session->run->json) {
        session->answer = vfc_json_begin ();
        json_builder_set_member_name (session->answer, "vms");
        json_builder_begin_array (session->answer);
    }
    done = name != NULL ? deactivate_named (session, name, error) : deactivate_all (session, error);
    if (session->answer != NULL && (done || name == NULL || session->n_answers > 0)) {
        json_builder_end_array (session->answer);
        vfc_json_end (session->run, session->answer);
    }
    g_clear_object (&session->answer);
    return done;
}

static gboolean
deactivate (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (virConnect) connection = NULL;
    g_autoptr (GPtrArray) pairings = NULL;
    Session session;

    if (!vfc_timeout_check (common.timeout, error))
        return FALSE;
    if ((arguments[0] != NULL) == all) {
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "The command deactivate needs either a VM or --all. \"virtflow deactivate "
                      "--help\" says more.");
        return FALSE;
    }
    connection = vfc_libvirt_open (run, error);
    if (connection == NULL || vfc_run_client (run, error) == NULL)
        return FALSE;
    pairings = vf_pairing_list (run->client, error);
    if (pairings == NULL)
        return FALSE;
    session = (Session){ .run = run, .connection = connection, .pairings = pairings };
    return deactivate_what (&session, arguments[0], error);
}

const VfcCommand vfc_command_deactivate = {
    .name = "deactivate",
    .arguments = "VM|--all",
    .description = "Makes a VM as it was before it was given a GPU, with what was changed in it"
                   " since; returns\nthe GPU to the host, and forgets that the VM may have it.",
    .example = "  virtflow deactivate win11 --dry-run\n  virtflow deactivate win11\n"
               "  virtflow deactivate --all",
    .options = options,
    .fewest = 0,
    .most = 1,
    .run = deactivate,
};
