/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a lend that is cancelled by who asked for it, by somebody else, or too late; told by
 * ordinary users, about whom polkit is asked. The first argument is the folder of the programs for
 * fake machines. */
#include "desk.h"

#include "fake-polkit.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <unistd.h>

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;

typedef struct {
    DaemonStage *stage;
    GDBusConnection *polkit;
    GDBusConnection *client;
    GDBusConnection *other;
    char *before; /* how the machine looked */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->stage = daemon_stage_new ("lab", programs, NULL);
    fixture->before = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    fixture->client = daemon_stage_connect (fixture->stage);
    fixture->other = daemon_stage_connect (fixture->stage);
    fixture->polkit = fake_polkit_play (daemon_stage_bus_address (fixture->stage));
    daemon_stage_start (fixture->stage);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    GDBusConnection *connections[] = { fixture->polkit, fixture->client, fixture->other };

    for (gsize i = 0; i < G_N_ELEMENTS (connections); i++) {
        g_dbus_connection_close_sync (connections[i], NULL, NULL);
        g_object_unref (connections[i]);
    }
    daemon_stage_free (fixture->stage);
    g_free (fixture->before);
}

/* A call whose answer is not waited for: polkit lives in this thread. */
typedef struct {
    gboolean answered;
    GError *error;
} Call;

static void
on_answer (GObject *connection, GAsyncResult *result, gpointer data)
{
    Call *call = data;
    G_GNUC_UNUSED g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &call->error);

    call->answered = TRUE;
}

static void
begin (Call *call, GDBusConnection *caller, const char *method, GVariant *arguments)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);

    *call = (Call){ 0 };
    g_dbus_connection_call (caller, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, method, arguments,
                            NULL, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_answer, call);
}

static void
begin_switch (Call *call, GDBusConnection *caller, const char *target)
{
    begin (call, caller, "Switch", g_variant_new ("(sa{sv})", target, NULL));
}

static void
begin_pair (Call *call, GDBusConnection *caller)
{
    begin (call, caller, "Pair", desk_pair_arguments (FALSE));
}

/* Returns the sentence of the error, which the caller owns. */
static char *
assert_ends (Call *call, const VfReason *reason)
{
    g_autoptr (GError) error = NULL;
    char *sentence;

    while (!call->answered)
        g_main_context_iteration (NULL, TRUE);
    if (reason == NULL) {
        g_assert_no_error (call->error);
        return NULL;
    }
    g_assert_nonnull (call->error);
    error = vf_bus_error_from_remote (call->error);
    g_clear_error (&call->error);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (*reason));
    sentence = g_strdup (error->message);
    return sentence;
}

static void
assert_well (Call *call)
{
    g_free (assert_ends (call, NULL));
}

static void
assert_refused (Call *call, VfReason reason)
{
    g_free (assert_ends (call, &reason));
}

static void
assert_cancelled (Call *call, const char *words)
{
    const VfReason reason = VF_REASON_CANCELLED;
    g_autofree char *sentence = assert_ends (call, &reason);

    if (strstr (sentence, words) == NULL)
        g_error ("not '%s': %s", words, sentence);
}

static void
assert_can_cancel (GDBusConnection *caller)
{
    Call call;

    begin (&call, caller, "Cancel", NULL);
    assert_well (&call);
}

static void
assert_cannot_cancel (GDBusConnection *caller, VfReason reason)
{
    Call call;

    begin (&call, caller, "Cancel", NULL);
    assert_refused (&call, reason);
}

/* Until a switch does something. Polkit's answers need this thread. */
static void
await (Fixture *fixture, const Call *call, const char *state)
{
    while (!daemon_stage_is (fixture->stage, gpu, state)
           || !daemon_stage_has_begun_steps (fixture->stage, gpu)) {
        g_assert_false (call->answered);
        g_main_context_iteration (NULL, FALSE);
    }
}

static void
assert_home (Fixture *fixture)
{
    daemon_stage_await (fixture->stage, gpu, "host");
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "home");
}

static void
assert_no_pairing (Fixture *fixture)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) remote =
        daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE ".DropPairing",
                           g_variant_new ("(s)", DESK_UUID));

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_PAIRING));
}

static void
test_lend (Fixture *fixture, gconstpointer data)
{
    Call call;

    assert_cannot_cancel (fixture->client, VF_REASON_NOTHING_TO_CANCEL);
    daemon_stage_hold (fixture->stage, "worker");
    begin_switch (&call, fixture->client, "vfio");
    await (fixture, &call, "lending");
    assert_can_cancel (fixture->client);
    assert_can_cancel (fixture->client); /* once more changes nothing */
    g_assert_false (call.answered);
    daemon_stage_let_go (fixture->stage, "worker");
    assert_cancelled (&call, "Everything was undone: the host has the GPU.");
    assert_home (fixture);
    assert_cannot_cancel (fixture->client, VF_REASON_NOTHING_TO_CANCEL);
    begin_switch (&call, fixture->client, "vfio");
    assert_well (&call);
    daemon_stage_await (fixture->stage, gpu, "lent");
}

static void
test_pair (Fixture *fixture, gconstpointer data)
{
    Call call;

    daemon_stage_hold (fixture->stage, "worker");
    begin_pair (&call, fixture->client);
    await (fixture, &call, "lending");
    assert_can_cancel (fixture->client);
    daemon_stage_let_go (fixture->stage, "worker");
    assert_cancelled (&call, "Everything was undone: the host has the GPU.");
    assert_home (fixture);
    assert_no_pairing (fixture);
}

/* Somebody else's lend goes on to its end. */
static void
test_by_somebody_else (Fixture *fixture, gconstpointer data)
{
    Call call;

    daemon_stage_hold (fixture->stage, "worker");
    begin_switch (&call, fixture->client, "vfio");
    await (fixture, &call, "lending");
    assert_cannot_cancel (fixture->other, VF_REASON_NOT_AUTHORIZED);
    daemon_stage_let_go (fixture->stage, "worker");
    assert_well (&call);
    daemon_stage_await (fixture->stage, gpu, "lent");
}

static void
test_return (Fixture *fixture, gconstpointer data)
{
    Call call;

    begin_switch (&call, fixture->client, "vfio");
    assert_well (&call);
    daemon_stage_hold (fixture->stage, "worker");
    begin_switch (&call, fixture->client, "host");
    await (fixture, &call, "returning");
    assert_cannot_cancel (fixture->client, VF_REASON_NOT_CANCELLABLE);
    daemon_stage_let_go (fixture->stage, "worker");
    assert_well (&call);
    assert_home (fixture);
}

static void
await_questions (Fixture *fixture, guint n_questions)
{
    while (fake_polkit_n_open (fixture->polkit) != n_questions)
        g_main_context_iteration (NULL, TRUE);
}

/* Ends a call that nobody answers, with all others of its caller: none of them may outlive its
 * story. */
static void
leave (GDBusConnection *caller, Call *call)
{
    g_dbus_connection_close_sync (caller, NULL, NULL);
    while (!call->answered)
        g_main_context_iteration (NULL, TRUE);
    g_clear_error (&call->error);
}

/* The dialog goes away, and nothing is done although nobody said no. */
static void
test_question (Fixture *fixture, gconstpointer data)
{
    Call lend, pairing, back;

    fake_polkit_hold (fixture->polkit);
    begin_switch (&lend, fixture->client, "vfio");
    begin_pair (&pairing, fixture->other);
    begin_switch (&back, fixture->client, "host");
    await_questions (fixture, 3);
    assert_can_cancel (fixture->client);
    assert_cancelled (&lend, "nothing was done");
    await_questions (fixture, 2);
    g_assert_false (pairing.answered || back.answered);
    assert_cannot_cancel (fixture->client, VF_REASON_NOTHING_TO_CANCEL);
    assert_can_cancel (fixture->other);
    assert_cancelled (&pairing, "nothing was done");
    await_questions (fixture, 1);
    g_assert_false (back.answered);
    assert_home (fixture);
    assert_no_pairing (fixture);
    leave (fixture->client, &back);
}

/* Nobody is asked any more in the name of somebody who has left, and nothing is done for him. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GDBusConnection) leaving = daemon_stage_connect (fixture->stage);
    Call lend, back, other;

    fake_polkit_hold (fixture->polkit);
    begin_switch (&lend, leaving, "vfio");
    begin_switch (&back, leaving, "host");
    begin_switch (&other, fixture->client, "vfio");
    await_questions (fixture, 3);
    leave (leaving, &lend);
    leave (leaving, &back);
    await_questions (fixture, 1);
    g_assert_false (other.answered);
    assert_home (fixture);
    leave (fixture->client, &other);
}

#define STORY(name) g_test_add ("/cancel/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    /* polkit is not asked about root; in a namespace of its own root is any user. */
    if (geteuid () == 0) {
        char *command[] = { (char *) "unshare",
                            (char *) "--map-user=1000",
                            (char *) "--map-group=1000",
                            argv[0],
                            argv[1],
                            NULL };

        execvp (command[0], command);
        g_error ("unshare cannot be run");
    }
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (argc, ==, 2);
    programs = argv[1];
    STORY (lend);
    STORY (pair);
    STORY (by_somebody_else);
    STORY (return );
    STORY (question);
    STORY (gone);
    return g_test_run ();
}
