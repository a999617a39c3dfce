/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a GPU and its VM, told to the real daemon as the hook and clients tell them: it is on
 * one side after each, and never on the host while libvirt may still reset it. The first argument
 * is the folder of the programs for fake machines. */
#include "daemon-stage.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define OTHER_UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02"
#define HOOK VF_BUS_HOOK_INTERFACE "."
#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;

typedef struct {
    DaemonStage *stage;
    GDBusConnection *client; /* who activates */
    GDBusConnection *hook;
    char *gpu_path;
    char *before; /* how the machine looked */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer config)
{
    fixture->stage = daemon_stage_new ("lab", programs, config);
    fixture->before = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    fixture->gpu_path = vf_bus_gpu_path (gpu);
    fixture->client = daemon_stage_connect (fixture->stage);
    fixture->hook = daemon_stage_connect (fixture->stage);
}

static void
disconnect (GDBusConnection **connection)
{
    if (*connection == NULL)
        return;
    g_dbus_connection_close_sync (*connection, NULL, NULL);
    g_clear_object (connection);
}

static void
tear_down (Fixture *fixture, gconstpointer config)
{
    disconnect (&fixture->client);
    disconnect (&fixture->hook);
    daemon_stage_free (fixture->stage);
    g_free (fixture->gpu_path);
    g_free (fixture->before);
}

static void
assert_well (GError *error)
{
    g_assert_no_error (error);
}

static void
assert_refused (GError *remote, VfReason reason)
{
    G_GNUC_UNUSED g_autoptr (GError) owned = remote;
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
}

static GError *
prepare_vm (Fixture *fixture, const char *uuid, gboolean marked)
{
    GVariantBuilder hostdevs;

    g_variant_builder_init (&hostdevs, G_VARIANT_TYPE ("a(sb)"));
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.0", FALSE);
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.1", FALSE);
    return daemon_stage_call (fixture->hook, VF_BUS_HOST_PATH, HOOK "Prepare",
                              g_variant_new ("(ssba(sb))", uuid, "desk", marked, &hostdevs));
}

static GError *
prepare (Fixture *fixture)
{
    return prepare_vm (fixture, UUID, TRUE);
}

static void
notify (Fixture *fixture, const char *method)
{
    assert_well (
        daemon_stage_call (fixture->hook, VF_BUS_HOST_PATH, method, g_variant_new ("(s)", UUID)));
}

static GVariant *
pair_arguments (gboolean on_start)
{
    GVariantBuilder options;

    g_variant_builder_init (&options, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&options, "{sv}", "on-start", g_variant_new_boolean (on_start));
    return g_variant_new ("(ss^aya{sv})", UUID, "desk", "<domain/>", &options);
}

static GError *
confirm (Fixture *fixture)
{
    return daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, HOST "ConfirmPairing",
                              g_variant_new ("(s^ay)", UUID, "<domain>with</domain>"));
}

static void
activate (Fixture *fixture, gboolean on_start)
{
    assert_well (daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Pair",
                                    pair_arguments (on_start)));
    assert_well (confirm (fixture));
}

static GError *
switch_to (Fixture *fixture, const char *target)
{
    return daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Switch",
                              g_variant_new ("(sa{sv})", target, NULL));
}

static GError *
drop (Fixture *fixture)
{
    return daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, HOST "DropPairing",
                              g_variant_new ("(s)", UUID));
}

static void
await (Fixture *fixture, const char *state)
{
    daemon_stage_await (fixture->stage, gpu, state);
}

static void
assert_stays (Fixture *fixture, const char *state)
{
    daemon_stage_assert_stays (fixture->stage, gpu, state);
}

static void
assert_home (Fixture *fixture)
{
    await (fixture, "host");
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "home");
}

/* The daemon runs, and the VM with the GPU. */
static void
start_vm (Fixture *fixture)
{
    assert_well (prepare (fixture));
    daemon_stage_start_qemu (fixture->stage);
    notify (fixture, HOOK "Started");
    await (fixture, "in-use");
}

static void
test_whole_cycle (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, FALSE);
    await (fixture, "lent");
    start_vm (fixture);
    assert_refused (switch_to (fixture, "host"), VF_REASON_VM_RUNNING);
    assert_refused (drop (fixture), VF_REASON_VM_RUNNING);
    daemon_stage_kill_qemu (fixture->stage);
    notify (fixture, HOOK "Stopped");
    await (fixture, "lent");
    assert_stays (fixture, "lent");
    assert_refused (switch_to (fixture, "host"), VF_REASON_VM_RUNNING);
    notify (fixture, HOOK "Release");
    assert_home (fixture);
    assert_well (drop (fixture));
    assert_refused (drop (fixture), VF_REASON_NO_SUCH_PAIRING);
}

static void
test_libvirt_down (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    start_vm (fixture);
    daemon_stage_set_libvirt (fixture->stage, FALSE);
    daemon_stage_share_pid_file (fixture->stage);
    assert_stays (fixture, "in-use");
    daemon_stage_kill_qemu (fixture->stage);
    assert_home (fixture);
    daemon_stage_set_libvirt (fixture->stage, TRUE);
    notify (fixture, HOOK "Stopped");
    await (fixture, "lent");
    assert_stays (fixture, "lent");
    notify (fixture, HOOK "Release");
    assert_home (fixture);
}

/* Nobody tells that libvirt is done: it is given its time, and the next VM may have the card. */
static void
test_no_release (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    start_vm (fixture);
    daemon_stage_kill_qemu (fixture->stage);
    await (fixture, "lent");
    assert_home (fixture);
    assert_well (switch_to (fixture, "vfio"));
    assert_well (switch_to (fixture, "host"));
    assert_home (fixture);
}

static void
test_strangers (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    assert_refused (prepare_vm (fixture, UUID, FALSE), VF_REASON_UNPAIRED_VM);
    activate (fixture, TRUE);
    start_vm (fixture);
    assert_refused (prepare_vm (fixture, OTHER_UUID, FALSE), VF_REASON_CLAIMED_BY_VM);
    assert_well (daemon_stage_call (fixture->hook, VF_BUS_HOST_PATH, HOOK "Release",
                                    g_variant_new ("(s)", OTHER_UUID)));
    assert_stays (fixture, "in-use");
}

/* Between "prepare" and QEMU's first look at the card nobody has it open, and it must not move. */
static void
test_restart_before_qemu (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    assert_well (prepare (fixture));
    assert_refused (switch_to (fixture, "host"), VF_REASON_VM_RUNNING);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    assert_well (daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, HOST "Recover", NULL));
    for (int i = 0; i < 13; i++) /* longer than the daemon looks away from a lent card */
        assert_stays (fixture, "lent");
    daemon_stage_start_qemu (fixture->stage);
    notify (fixture, HOOK "Started");
    await (fixture, "in-use");
}

/* libvirt dies before QEMU is there, and is back before anybody looks: the VM does not start. */
static void
test_libvirt_replaced (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    assert_well (prepare (fixture));
    daemon_stage_replace_libvirt (fixture->stage);
    assert_home (fixture);
}

static void
test_restart_under_qemu (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    start_vm (fixture);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    await (fixture, "in-use");
    daemon_stage_kill (fixture->stage);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_start (fixture->stage);
    await (fixture, "lent");
    assert_home (fixture); /* the release that nobody heard */
}

/* A start is refused because the card does not come in time; its owner tries once more, and that
 * start is not robbed of the card by the end of the first one. */
static void
test_late_lend (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    daemon_stage_hold (fixture->stage, "worker");
    assert_refused (prepare (fixture), VF_REASON_SWITCH_RUNNING);
    notify (fixture, HOOK "Release");
    daemon_stage_let_go (fixture->stage, "worker");
    assert_well (prepare (fixture));
    assert_stays (fixture, "lent");
}

static void
test_maker_vanishes (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    daemon_stage_hold (fixture->stage, "worker");
    g_dbus_connection_call (fixture->client, VF_BUS_NAME, fixture->gpu_path, VF_BUS_GPU_INTERFACE,
                            "Pair", pair_arguments (FALSE), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            NULL, NULL);
    await (fixture, "lending");
    disconnect (&fixture->client);
    daemon_stage_let_go (fixture->stage, "worker");
    assert_home (fixture);
    assert_stays (fixture, "host");
    assert_refused (prepare_vm (fixture, UUID, FALSE), VF_REASON_UNPAIRED_VM);
}

/* A VM that starts is not robbed of its GPU, not even by who starts it. */
static void
test_start_is_not_cancelled (Fixture *fixture, gconstpointer config)
{
    GVariantBuilder hostdevs;

    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    daemon_stage_hold (fixture->stage, "worker");
    g_variant_builder_init (&hostdevs, G_VARIANT_TYPE ("a(sb)"));
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.0", FALSE);
    g_dbus_connection_call (fixture->hook, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOOK_INTERFACE,
                            "Prepare", g_variant_new ("(ssba(sb))", UUID, "desk", TRUE, &hostdevs),
                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    await (fixture, "lending");
    assert_refused (daemon_stage_call (fixture->hook, fixture->gpu_path, GPU "Cancel", NULL),
                    VF_REASON_NOT_CANCELLABLE);
    daemon_stage_let_go (fixture->stage, "worker");
    await (fixture, "lent");
    assert_stays (fixture, "lent");
}

static void
on_pairings_changed (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *signal,
                     GVariant *arguments,
                     gpointer data)
{
    ++*(guint *) data;
}

/* An answer comes behind the signals that were sent before it. */
static void
assert_told (Fixture *fixture, const guint *n_signals, guint wanted)
{
    assert_well (daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, HOST "ListPairings", NULL));
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpuint (*n_signals, ==, wanted);
}

/* The daemon looks at the machine anew when a VM starts, one without a GPU as well. */
static void
look_again (Fixture *fixture)
{
    assert_well (daemon_stage_call (fixture->hook, VF_BUS_HOST_PATH, HOOK "Prepare",
                                    g_variant_new ("(ssba(sb))", OTHER_UUID, "web", FALSE, NULL)));
}

static void
test_pairings_changed (Fixture *fixture, gconstpointer config)
{
    const char *root = daemon_stage_host (fixture->stage)->folder;
    g_autofree char *card = g_build_filename (root, "sys/bus/pci/devices/0000:01:00.0", NULL);
    g_autofree char *away = g_build_filename (root, "0000:01:00.0", NULL);
    guint n_signals = 0;

    daemon_stage_start (fixture->stage);
    g_dbus_connection_signal_subscribe (
        fixture->client, VF_BUS_NAME, VF_BUS_HOST_INTERFACE, "PairingsChanged", VF_BUS_HOST_PATH,
        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_pairings_changed, &n_signals, NULL);
    assert_well (
        daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Pair", pair_arguments (TRUE)));
    assert_told (fixture, &n_signals, 1);
    assert_well (confirm (fixture));
    assert_told (fixture, &n_signals, 2);
    assert_well (switch_to (fixture, "host"));
    assert_told (fixture, &n_signals, 2);
    g_assert_cmpint (g_rename (card, away), ==, 0);
    look_again (fixture);
    assert_told (fixture, &n_signals, 3);
    g_assert_cmpint (g_rename (away, card), ==, 0);
    look_again (fixture);
    look_again (fixture);
    assert_told (fixture, &n_signals, 4);
    assert_well (drop (fixture));
    assert_told (fixture, &n_signals, 5);
}

/* The domain was defined and started before its maker could say so. */
static void
test_started_before_confirmed (Fixture *fixture, gconstpointer config)
{
    daemon_stage_start (fixture->stage);
    assert_well (
        daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Pair", pair_arguments (FALSE)));
    start_vm (fixture);
    assert_well (confirm (fixture));
    assert_refused (confirm (fixture), VF_REASON_NOT_AUTHORIZED);
}

/* What was done to the card is not known: no VM may start with it. */
static void
test_unreadable_journal (Fixture *fixture, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (fixture->stage, "gpu");
    g_autofree char *file = g_build_filename (folder, "0000:01:00.0", NULL);

    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    daemon_stage_kill (fixture->stage);
    g_assert_true (g_file_set_contents (file, "nonsense", -1, NULL));
    daemon_stage_start (fixture->stage);
    assert_refused (prepare (fixture), VF_REASON_FOREIGN_STATE);
    assert_refused (prepare_vm (fixture, OTHER_UUID, FALSE), VF_REASON_FOREIGN_STATE);
    daemon_stage_kill (fixture->stage);
    g_assert_cmpint (g_unlink (file), ==, 0);
    daemon_stage_start (fixture->stage);
    assert_well (prepare (fixture));
}

/* QEMU ends while libvirt is down, so the card comes home; then libvirt is back. */
static void
come_home_without_libvirt (Fixture *fixture)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    start_vm (fixture);
    daemon_stage_set_libvirt (fixture->stage, FALSE);
    daemon_stage_kill_qemu (fixture->stage);
    assert_home (fixture);
    daemon_stage_set_libvirt (fixture->stage, TRUE);
}

/* The daemon dies while it takes the card from the host once more for libvirt's sake. */
static void
test_dies_in_stopped (Fixture *fixture, gconstpointer config)
{
    come_home_without_libvirt (fixture);
    daemon_stage_hold (fixture->stage, "worker");
    g_dbus_connection_call (fixture->hook, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOOK_INTERFACE,
                            "Stopped", g_variant_new ("(s)", UUID), NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, NULL, NULL);
    await (fixture, "lending");
    daemon_stage_await_first_step (fixture->stage, gpu);
    daemon_stage_kill (fixture->stage);
    daemon_stage_let_go (fixture->stage, "worker");
    daemon_stage_start (fixture->stage);
    await (fixture, "lent");
    assert_refused (switch_to (fixture, "host"), VF_REASON_VM_RUNNING);
    notify (fixture, HOOK "Stopped");
    assert_stays (fixture, "lent");
    notify (fixture, HOOK "Release");
    assert_home (fixture);
}

/* It died before it had written anything down; the hook tells the next one, which never saw that
 * VM run. */
static void
test_dies_before_note (Fixture *fixture, gconstpointer config)
{
    come_home_without_libvirt (fixture);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    assert_stays (fixture, "host");
    notify (fixture, HOOK "Stopped");
    assert_stays (fixture, "lent");
    notify (fixture, HOOK "Release");
    assert_home (fixture);
}

/* The daemon died between the lend for a start and the note of that start, so libvirt refuses the
 * start: its release is of a run that nobody knows. A GPU that is lent from its activation on
 * stays. */
static void
test_release_of_no_run (Fixture *fixture, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (fixture->stage, "pairings");
    g_autofree char *file = g_build_filename (folder, UUID, NULL);
    g_autofree char *on_start = NULL;
    gsize size;

    daemon_stage_start (fixture->stage);
    activate (fixture, TRUE);
    g_assert_true (g_file_get_contents (file, &on_start, &size, NULL));
    assert_well (drop (fixture));
    activate (fixture, FALSE);
    await (fixture, "lent");
    notify (fixture, HOOK "Release");
    assert_stays (fixture, "lent");
    daemon_stage_kill (fixture->stage);
    g_assert_true (g_file_set_contents (file, on_start, (gssize) size, NULL));
    daemon_stage_start (fixture->stage);
    await (fixture, "lent");
    notify (fixture, HOOK "Release");
    assert_home (fixture);
}

/* The host's driver refuses its function, so many times. */
static void
refuse (Fixture *fixture, guint times)
{
    fake_kernel_refuse (daemon_stage_host (fixture->stage)->kernel, "bochs-drm", times);
}

/* The host's driver refuses the card when it comes back, and would accept it a little later. */
static void
fail_to_return (Fixture *fixture)
{
    daemon_stage_start (fixture->stage);
    activate (fixture, FALSE);
    start_vm (fixture);
    daemon_stage_kill_qemu (fixture->stage);
    refuse (fixture, G_MAXUINT);
    notify (fixture, HOOK "Release");
    daemon_stage_await_failure (fixture->stage, gpu);
    await (fixture, "mixed");
    assert_stays (fixture, "mixed");
    refuse (fixture, 0);
}

static void
test_start_after_failed_return (Fixture *fixture, gconstpointer config)
{
    fail_to_return (fixture);
    assert_well (prepare (fixture));
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    assert_stays (fixture, "lent");
    daemon_stage_start_qemu (fixture->stage);
    notify (fixture, HOOK "Started");
    await (fixture, "in-use");
    daemon_stage_kill_qemu (fixture->stage);
    notify (fixture, HOOK "Release");
    assert_home (fixture);
}

static void
test_failed_return (Fixture *fixture, gconstpointer config)
{
    fail_to_return (fixture);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    assert_home (fixture);
    assert_well (drop (fixture));
}

static void
test_other_users_and_options (Fixture *fixture, gconstpointer config)
{
    GVariantBuilder options;

    daemon_stage_start (fixture->stage);
    g_variant_builder_init (&options, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&options, "{sv}", "haste", g_variant_new_boolean (TRUE));
    assert_refused (daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Switch",
                                       g_variant_new ("(sa{sv})", "vfio", &options)),
                    VF_REASON_INVALID_OPTION);
    assert_refused (switch_to (fixture, "elsewhere"), VF_REASON_INVALID_OPTION);
    assert_stays (fixture, "host");
}

#define IMPATIENT "[policy]\nreturn-waits=0;10;10\n"

#define STORY(name, config) \
    g_test_add ("/daemon/" #name, Fixture, config, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    STORY (whole_cycle, NULL);
    STORY (libvirt_down, NULL);
    STORY (no_release, "[policy]\nrelease-deadline=1000\n");
    STORY (strangers, NULL);
    STORY (restart_before_qemu, "[policy]\nrelease-deadline=100\n");
    STORY (libvirt_replaced, "[policy]\nrelease-deadline=1000\n");
    STORY (restart_under_qemu, "[policy]\nrelease-deadline=1000\n");
    STORY (late_lend, "[policy]\nhook-deadline=3000\n");
    STORY (maker_vanishes, NULL);
    STORY (start_is_not_cancelled, NULL);
    STORY (pairings_changed, NULL);
    STORY (started_before_confirmed, NULL);
    STORY (unreadable_journal, NULL);
    STORY (release_of_no_run, NULL);
    STORY (dies_in_stopped, NULL);
    STORY (dies_before_note, NULL);
    STORY (failed_return, IMPATIENT);
    STORY (start_after_failed_return, IMPATIENT);
    STORY (other_users_and_options, NULL);
    return g_test_run ();
}
