/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the helpers' side of a switch, and what goes wrong there. */
#include "switch-stage.h"

#include "fake-modules.h"
#include "fake-proc.h"
#include "fake-services.h"
#include "fake-tree.h"
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vfm-host-driver.h"
#include "vfp-kernel-log.h"
#include "vfp-question.h"
#include "vfp-service.h"
#include "vfw-executor.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a step, in milliseconds: long enough for a machine with other work, and short enough where it
 * is waited for. */
#define DEADLINE 30000
#define DEADLINE_OF_HANG 400

typedef GVariant *(*Handler) (SwitchStage *stage, GVariant *request);

static GVariant *serve_step (SwitchStage *stage, GVariant *request);
static GVariant *serve_module (SwitchStage *stage, GVariant *request);
static GVariant *serve_units (SwitchStage *stage, GVariant *request);
static GVariant *serve_question (SwitchStage *stage, GVariant *request);

static const struct {
    const char *name;
    const char *type;
    Handler handler;
} helpers[] = {
    { "worker", VF_STEP_VARIANT_TYPE, serve_step },
    { "modules", VF_STEP_VARIANT_TYPE, serve_module },
    { "services", VF_STEP_VARIANT_TYPE, serve_units },
    { "probe", VFP_QUESTION_TYPE, serve_question },
};
#define N_HELPERS G_N_ELEMENTS (helpers)

struct _SwitchStage {
    FakeHost *host;
    VfdInventory *inventory;
    VfPolicy *policy;
    char *folder; /* of the journal and the helpers' sockets */
    int folder_fd;
    VfPciAddress gpu;
    VfdJournal *journal;
    VfdLease lease;
    GSocket *sockets[N_HELPERS];
    guint listening[N_HELPERS];

    VfdSwitch *running;
    SwitchEnd end;
    GError *error;
    VfdLink *stuck;
    gboolean unstuck;
    guint n_requests, n_writes;
    GString *requests;         /* of this run, in words */
    gboolean asked[N_HELPERS]; /* in this run */
    guint refuse_at, kill_at;  /* G_MAXUINT for never */
    gboolean by_alias;
    gboolean cancels, cancelled;
    guint cancel_at;
    const FakeProcess *process; /* that is still to come */
    const char *process_before; /* a step of this kind */
    VfwVerdict verdict;         /* of the worker */
    int hung;                   /* connection of a helper that does not answer; -1: none */
};

/* A connection to a helper: as a process of its own, it dies alone. */
typedef struct {
    SwitchStage *stage;
    gsize helper;
} Connection;

static GVariant *
serve_step (SwitchStage *stage, GVariant *request)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *answer = NULL;

    g_assert_no_error (error);
    answer = vfw_executor_run (stage->host->root, &stage->host->kernel->kernel, step,
                               &stage->verdict, &error);
    return vf_reply_to_step (answer, error);
}

static GVariant *
serve_module (SwitchStage *stage, GVariant *request)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *answer = NULL;

    g_assert_no_error (error);
    answer =
        vfm_service_carry_out (stage->host->root, &fake_modules, stage->host->kernel, step, &error);
    return vf_reply_to_step (answer, error);
}

static GVariant *
serve_units (SwitchStage *stage, GVariant *request)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *answer = NULL;

    g_assert_no_error (error);
    answer = vfs_service_carry_out (&fake_services, stage->host->kernel, step, &error);
    return vf_reply_to_step (answer, error);
}

static GVariant *
serve_question (SwitchStage *stage, GVariant *request)
{
    g_autoptr (GArray) functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    g_autoptr (GVariantIter) texts = NULL;
    g_autoptr (GError) error = NULL;
    VfpVisit visit = { .root = stage->host->root };
    const char *kind, *text;
    GVariant *answer;

    g_variant_get (request, "(&sas)", &kind, &texts);
    if (g_str_equal (kind, "kernel-log")) {
        stage->n_requests--; /* it is no step, and nothing depends on it */
        return vf_reply_to_question (
            vfp_kernel_log_find (stage->host->root, stage->gpu, "bochs-drm"), NULL);
    }
    while (g_variant_iter_next (texts, "&s", &text)) {
        VfPciAddress address = fake_host_address (text);

        g_array_append_val (functions, address);
    }
    if (g_str_equal (kind, "holders"))
        answer = vfp_question_holders (&visit, functions, &error);
    else if (g_str_equal (kind, "vfio-users"))
        answer = vfp_question_vfio_users (&visit, functions, &error);
    else if (g_str_equal (kind, "stuck"))
        answer = vfp_question_stuck (&visit, functions, &error);
    else
        answer = vfp_question_still_held (&visit, functions, &error);
    vfp_visit_clear (&visit);
    return vf_reply_to_question (answer, error);
}

static GVariant *
refuse (gsize helper)
{
    g_autoptr (GError) error = vf_error_new (VF_REASON_STEP_REJECTED, "The test refuses this.");

    return helpers[helper].handler == serve_question ? vf_reply_to_question (NULL, error)
                                                     : vf_reply_to_step (NULL, error);
}

static void
let_process_come (SwitchStage *stage, GVariant *request)
{
    const char *kind;

    if (stage->process == NULL
        || !g_variant_is_of_type (request, G_VARIANT_TYPE (VF_STEP_VARIANT_TYPE)))
        return;
    g_variant_get_child (request, 0, "&s", &kind);
    if (!g_str_equal (kind, stage->process_before))
        return;
    fake_proc_add (stage->process, stage->host->folder);
    stage->process = NULL;
}

/* The kind, and for a step the number of the function: nothing that tells one machine from another
 * that is treated in the same way. */
static void
note_request (SwitchStage *stage, GVariant *request)
{
    const char *kind, *address = NULL;

    g_variant_get_child (request, 0, "&s", &kind);
    if (g_variant_is_of_type (request, G_VARIANT_TYPE (VF_STEP_VARIANT_TYPE)))
        g_variant_get_child (request, 1, "&s", &address);
    g_string_append_printf (stage->requests, "%s%s\n", kind,
                            address != NULL ? strrchr (address, '.') : "");
}

/* FALSE: the helper is gone. */
static gboolean
answer (const Connection *connection, int fd, GVariant *request)
{
    SwitchStage *stage = connection->stage;
    FakeKernel *kernel = stage->host->kernel;
    guint number = stage->n_requests++;
    g_autoptr (GVariant) reply = NULL;

    if (number == stage->kill_at) {
        g_clear_pointer (&stage->running, vfd_switch_free);
        stage->end = SWITCH_DIED;
    }
    stage->asked[connection->helper] = TRUE;
    note_request (stage, request);
    let_process_come (stage, request);
    if (stage->cancelled)
        g_assert_cmpint (vfd_switch_target (stage->running), ==, VF_TARGET_HOST);
    if (stage->cancels && number == stage->cancel_at)
        stage->cancelled = vfd_switch_cancel (stage->running);
    reply = g_variant_ref_sink (number == stage->refuse_at
                                    ? refuse (connection->helper)
                                    : helpers[connection->helper].handler (stage, request));
    if (kernel->crashed)
        return FALSE;
    if (kernel->hung) {
        kernel->hung = FALSE;
        stage->hung = dup (fd);
        return TRUE;
    }
    vf_packet_send (fd, reply, NULL); /* to nobody, when the daemon is dead */
    return TRUE;
}

static gboolean
on_request (int fd, GIOCondition condition, gpointer data)
{
    const Connection *connection = data;
    g_autoptr (GVariant) request = vf_packet_receive (fd, helpers[connection->helper].type, NULL);

    if (request != NULL && answer (connection, fd, request))
        return G_SOURCE_CONTINUE;
    close (fd);
    connection->stage->host->kernel->crashed = FALSE; /* the next helper is another process */
    connection->stage->verdict.judged = 0;
    return G_SOURCE_REMOVE;
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer data)
{
    int accepted = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);

    g_assert_cmpint (accepted, >=, 0);
    g_unix_fd_add_full (G_PRIORITY_DEFAULT, accepted, G_IO_IN | G_IO_HUP, on_request,
                        g_memdup2 (data, sizeof (Connection)), g_free);
    return G_SOURCE_CONTINUE;
}

static void
listen_for (SwitchStage *stage, gsize helper)
{
    g_autofree char *path = g_build_filename (stage->folder, helpers[helper].name, NULL);
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    Connection connection = { stage, helper };
    GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_SEQPACKET, 0, NULL);

    g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
    g_assert_true (g_socket_listen (socket, NULL));
    stage->sockets[helper] = socket;
    stage->listening[helper] =
        g_unix_fd_add_full (G_PRIORITY_DEFAULT, g_socket_get_fd (socket), G_IO_IN, on_connection,
                            g_memdup2 (&connection, sizeof connection), g_free);
}

SwitchStage *
switch_stage_new (FakeHost *host, VfPciAddress gpu)
{
    SwitchStage *stage = g_new0 (SwitchStage, 1);
    g_autoptr (GError) error = NULL;

    stage->host = host;
    stage->gpu = gpu;
    stage->inventory = vfd_inventory_new (host->root, &error);
    g_assert_no_error (error);
    stage->policy = vf_policy_new ();
    stage->policy->sound_server_grace = 1;
    stage->policy->return_waits[1] = stage->policy->return_waits[2] = 1;
    stage->folder = fake_tree_new_folder ();
    stage->folder_fd = open (stage->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    stage->journal = vfd_journal_new (stage->folder_fd, gpu);
    stage->refuse_at = stage->kill_at = G_MAXUINT;
    stage->hung = -1;
    stage->requests = g_string_new (NULL);
    for (gsize i = 0; i < N_HELPERS; i++)
        listen_for (stage, i);
    return stage;
}

static void
let_helpers_go (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

void
switch_stage_free (SwitchStage *stage)
{
    let_helpers_go ();
    for (gsize i = 0; i < N_HELPERS; i++) {
        g_source_remove (stage->listening[i]);
        g_object_unref (stage->sockets[i]);
    }
    vfd_lease_clear (&stage->lease);
    vfd_journal_free (stage->journal);
    close (stage->folder_fd);
    fake_tree_remove (stage->folder);
    g_free (stage->folder);
    vf_policy_free (stage->policy);
    vfd_inventory_free (stage->inventory);
    g_clear_error (&stage->error);
    g_string_free (stage->requests, TRUE);
    g_free (stage);
}

static void
on_progressed (VfdSwitch *running, gpointer data)
{
}

static void
on_ended (VfdSwitch *running, const GError *error, VfdLink *stuck, gpointer data)
{
    SwitchStage *stage = data;

    stage->stuck = stuck;
    if (error == NULL)
        stage->end = SWITCH_DONE;
    else if (stuck != NULL)
        stage->end = SWITCH_WEDGED;
    else
        stage->end = stage->n_requests > 0 ? SWITCH_FAILED : SWITCH_REFUSED;
    if (error != NULL)
        stage->error = g_error_copy (error);
    g_clear_pointer (&stage->running, vfd_switch_free);
}

/* What a new daemon does first. */
static void
read_journal (SwitchStage *stage)
{
    g_autoptr (GError) error = NULL;

    vfd_lease_clear (&stage->lease);
    vfd_journal_free (stage->journal);
    stage->journal = vfd_journal_new (stage->folder_fd, stage->gpu);
    g_assert_true (vfd_lease_load (&stage->lease, stage->journal, &error));
    g_assert_no_error (error);
    vfd_inventory_refresh (stage->inventory);
}

SwitchEnd
switch_stage_run (SwitchStage *stage, VfTarget target)
{
    static const VfdSwitchEvents events = { on_progressed, on_ended };
    VfdSwitchScene scene = { stage->inventory, stage->policy, stage->folder, &stage->lease,
                             stage->journal };
    guint writes_before = stage->host->kernel->writes;
    g_autoptr (VfClaim) claimant = vf_claim_new (VF_CLAIM_VM, "uuid", "desk");
    VfRequest request = { target, stage->gpu, claimant, stage->by_alias };

    g_clear_error (&stage->error);
    stage->policy->step_deadline =
        stage->host->kernel->fault == FAKE_FAULT_HANG ? DEADLINE_OF_HANG : DEADLINE;
    stage->n_requests = 0;
    g_string_truncate (stage->requests, 0);
    memset (stage->asked, 0, sizeof stage->asked);
    stage->running = vfd_switch_start (&scene, &request, &events, stage);
    stage->cancelled = stage->cancels && stage->cancel_at == SWITCH_STAGE_AT_ONCE
                       && vfd_switch_cancel (stage->running);
    while (stage->running != NULL)
        g_main_context_iteration (NULL, TRUE);
    stage->n_writes = stage->host->kernel->writes - writes_before;
    stage->refuse_at = stage->kill_at = G_MAXUINT;
    stage->cancels = FALSE;
    let_helpers_go ();
    stage->host->kernel->fault = FAKE_FAULT_NONE;
    if (stage->end == SWITCH_DIED)
        read_journal (stage);
    return stage->end;
}

void
switch_stage_name (SwitchStage *stage)
{
    stage->by_alias = TRUE;
}

void
switch_stage_forget (SwitchStage *stage)
{
    vfd_lease_clear (&stage->lease);
    vfd_journal_drop (stage->journal);
}

void
switch_stage_refuse (SwitchStage *stage, guint at)
{
    stage->refuse_at = at;
}

void
switch_stage_add_process (SwitchStage *stage, const char *before, const FakeProcess *process)
{
    stage->process_before = before;
    stage->process = process;
}

void
switch_stage_kill_daemon (SwitchStage *stage, guint at)
{
    stage->kill_at = at;
}

void
switch_stage_cancel (SwitchStage *stage, guint at)
{
    stage->cancels = TRUE;
    stage->cancel_at = at;
}

gboolean
switch_stage_was_cancelled (const SwitchStage *stage)
{
    return stage->cancelled;
}

guint
switch_stage_n_requests (const SwitchStage *stage)
{
    return stage->n_requests;
}

guint
switch_stage_n_writes (const SwitchStage *stage)
{
    return stage->n_writes;
}

const char *
switch_stage_requests (const SwitchStage *stage)
{
    return stage->requests->str;
}

gboolean
switch_stage_has_asked (const SwitchStage *stage, const char *helper)
{
    for (gsize i = 0; i < N_HELPERS; i++)
        if (g_str_equal (helpers[i].name, helper))
            return stage->asked[i];
    g_assert_not_reached ();
}

const GError *
switch_stage_error (const SwitchStage *stage)
{
    return stage->error;
}

static void
on_unstuck (gpointer data)
{
    SwitchStage *stage = data;

    stage->unstuck = TRUE;
}

void
switch_stage_unhang (SwitchStage *stage)
{
    g_assert_cmpint (stage->hung, >=, 0);
    vfd_link_await_end (stage->stuck, on_unstuck, stage);
    vf_packet_send (stage->hung, vf_reply_to_step ("", NULL), NULL);
    while (!stage->unstuck)
        g_main_context_iteration (NULL, TRUE);
    stage->unstuck = FALSE;
    g_clear_pointer (&stage->stuck, vfd_link_free);
    close (stage->hung);
    stage->hung = -1;
}

const VfdLease *
switch_stage_lease (const SwitchStage *stage)
{
    return &stage->lease;
}
