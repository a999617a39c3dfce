/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a GPU and its VM, told to the real daemon as the hook and clients tell them: it is on
 * one side after each, and never on the host while libvirt may still reset it. The first argument
 * is the folder of the programs for fake machines. */
#include "desk.h"

#include "vf-bus-names.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define OTHER_UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02"
#define HOOK VF_BUS_HOOK_INTERFACE "."
#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

static void
test_whole_cycle (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, FALSE);
    desk_await (desk, "lent");
    desk_start_vm (desk);
    desk_assert_refused (desk_switch (desk, "host"), VF_REASON_VM_RUNNING);
    desk_assert_refused (desk_drop (desk), VF_REASON_VM_RUNNING);
    daemon_stage_kill_qemu (desk->stage);
    desk_notify (desk, "Stopped");
    desk_await (desk, "lent");
    desk_assert_stays (desk, "lent");
    desk_assert_refused (desk_switch (desk, "host"), VF_REASON_VM_RUNNING);
    desk_notify (desk, "Release");
    desk_assert_home (desk);
    g_assert_no_error (desk_drop (desk));
    desk_assert_refused (desk_drop (desk), VF_REASON_NO_SUCH_PAIRING);
}

static void
test_libvirt_down (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    desk_start_vm (desk);
    daemon_stage_set_libvirt (desk->stage, FALSE);
    daemon_stage_share_pid_file (desk->stage);
    desk_assert_stays (desk, "in-use");
    daemon_stage_kill_qemu (desk->stage);
    desk_assert_home (desk);
    daemon_stage_set_libvirt (desk->stage, TRUE);
    desk_notify (desk, "Stopped");
    desk_await (desk, "lent");
    desk_assert_stays (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

/* Nobody tells that libvirt is done: it is given its time, and the next VM may have the card. */
static void
test_no_release (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    desk_start_vm (desk);
    daemon_stage_kill_qemu (desk->stage);
    desk_await (desk, "lent");
    desk_assert_home (desk);
    g_assert_no_error (desk_switch (desk, "vfio"));
    g_assert_no_error (desk_switch (desk, "host"));
    desk_assert_home (desk);
}

static void
test_strangers (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_assert_refused (desk_prepare_vm (desk, DESK_UUID, FALSE), VF_REASON_UNPAIRED_VM);
    desk_activate (desk, TRUE);
    desk_start_vm (desk);
    desk_assert_refused (desk_prepare_vm (desk, OTHER_UUID, FALSE), VF_REASON_CLAIMED_BY_VM);
    g_assert_no_error (daemon_stage_call (desk->hook, VF_BUS_HOST_PATH, HOOK "Release",
                                          g_variant_new ("(s)", OTHER_UUID)));
    desk_assert_stays (desk, "in-use");
}

static void
test_restart_under_qemu (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    desk_start_vm (desk);
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_await (desk, "in-use");
    daemon_stage_kill (desk->stage);
    daemon_stage_kill_qemu (desk->stage);
    daemon_stage_start (desk->stage);
    desk_await (desk, "lent");
    desk_assert_home (desk); /* the release that nobody heard */
}

/* The VM ran so shortly that the daemon, which was killed, had not even looked at its QEMU; and the
 * release is one that nobody heard. */
static void
test_restart_after_short_run (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_start_qemu (desk->stage);
    daemon_stage_hold (desk->stage, "probe");
    desk_notify (desk, "Started");
    daemon_stage_kill (desk->stage);
    daemon_stage_let_go (desk->stage, "probe");
    daemon_stage_kill_qemu (desk->stage);
    daemon_stage_start (desk->stage);
    desk_assert_home (desk);
}

static void
test_maker_vanishes (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    daemon_stage_hold (desk->stage, "worker");
    desk_begin (desk->client, "Pair", desk_pair_arguments (FALSE));
    desk_await (desk, "lending");
    desk_disconnect (&desk->client);
    daemon_stage_let_go (desk->stage, "worker");
    desk_assert_home (desk);
    desk_assert_stays (desk, "host");
    desk_assert_refused (desk_prepare_vm (desk, DESK_UUID, FALSE), VF_REASON_UNPAIRED_VM);
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
assert_told (Desk *desk, const guint *n_signals, guint wanted)
{
    g_assert_no_error (
        daemon_stage_call (desk->client, VF_BUS_HOST_PATH, HOST "ListPairings", NULL));
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpuint (*n_signals, ==, wanted);
}

/* The daemon looks at the machine anew when a VM starts, one without a GPU as well. */
static void
look_again (Desk *desk)
{
    g_assert_no_error (
        daemon_stage_call (desk->hook, VF_BUS_HOST_PATH, HOOK "Prepare",
                           g_variant_new ("(ssba(sb))", OTHER_UUID, "web", FALSE, NULL)));
}

static void
test_pairings_changed (Desk *desk, gconstpointer config)
{
    const char *root = daemon_stage_host (desk->stage)->folder;
    g_autofree char *card = g_build_filename (root, "sys/bus/pci/devices/0000:01:00.0", NULL);
    g_autofree char *away = g_build_filename (root, "0000:01:00.0", NULL);
    guint n_signals = 0;

    daemon_stage_start (desk->stage);
    g_dbus_connection_signal_subscribe (
        desk->client, VF_BUS_NAME, VF_BUS_HOST_INTERFACE, "PairingsChanged", VF_BUS_HOST_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_pairings_changed, &n_signals, NULL);
    g_assert_no_error (desk_pair (desk, TRUE));
    assert_told (desk, &n_signals, 1);
    g_assert_no_error (desk_confirm (desk));
    assert_told (desk, &n_signals, 2);
    g_assert_no_error (desk_switch (desk, "host"));
    assert_told (desk, &n_signals, 2);
    g_assert_cmpint (g_rename (card, away), ==, 0);
    look_again (desk);
    assert_told (desk, &n_signals, 3);
    g_assert_cmpint (g_rename (away, card), ==, 0);
    look_again (desk);
    look_again (desk);
    assert_told (desk, &n_signals, 4);
    g_assert_no_error (desk_drop (desk));
    assert_told (desk, &n_signals, 5);
}

/* What was done to the card is not known: no VM may start with it. */
static void
test_unreadable_journal (Desk *desk, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (desk->stage, "gpu");
    g_autofree char *file = g_build_filename (folder, "0000:01:00.0", NULL);

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    daemon_stage_kill (desk->stage);
    g_assert_true (g_file_set_contents (file, "nonsense", -1, NULL));
    daemon_stage_start (desk->stage);
    desk_assert_refused (desk_prepare (desk), VF_REASON_FOREIGN_STATE);
    desk_assert_refused (desk_prepare_vm (desk, OTHER_UUID, FALSE), VF_REASON_FOREIGN_STATE);
    daemon_stage_kill (desk->stage);
    g_assert_cmpint (g_unlink (file), ==, 0);
    daemon_stage_start (desk->stage);
    g_assert_no_error (desk_prepare (desk));
}

/* QEMU ends while libvirt is down, so the card comes home; then libvirt is back. */
static void
come_home_without_libvirt (Desk *desk)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    desk_start_vm (desk);
    daemon_stage_set_libvirt (desk->stage, FALSE);
    daemon_stage_kill_qemu (desk->stage);
    desk_assert_home (desk);
    daemon_stage_set_libvirt (desk->stage, TRUE);
}

/* The daemon dies while it takes the card from the host once more for libvirt's sake. */
static void
test_dies_in_stopped (Desk *desk, gconstpointer config)
{
    come_home_without_libvirt (desk);
    daemon_stage_hold (desk->stage, "worker");
    desk_begin_hook (desk->hook, "Stopped", g_variant_new ("(s)", DESK_UUID));
    desk_await (desk, "lending");
    daemon_stage_await_first_step (desk->stage, DESK_GPU);
    daemon_stage_kill (desk->stage);
    daemon_stage_let_go (desk->stage, "worker");
    daemon_stage_start (desk->stage);
    desk_await (desk, "lent");
    desk_assert_refused (desk_switch (desk, "host"), VF_REASON_VM_RUNNING);
    desk_notify (desk, "Stopped");
    desk_assert_stays (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

/* It died before it had written anything down; the hook tells the next one, which never saw that
 * VM run. */
static void
test_dies_before_note (Desk *desk, gconstpointer config)
{
    come_home_without_libvirt (desk);
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_assert_stays (desk, "host");
    desk_notify (desk, "Stopped");
    desk_assert_stays (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

/* The host's driver refuses its function, so many times. */
static void
refuse (Desk *desk, guint times)
{
    fake_kernel_refuse (daemon_stage_host (desk->stage)->kernel, "bochs-drm", times);
}

/* The host's driver refuses the card when it comes back, and would accept it a little later. */
static void
fail_to_return (Desk *desk)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, FALSE);
    desk_start_vm (desk);
    daemon_stage_kill_qemu (desk->stage);
    refuse (desk, G_MAXUINT);
    desk_notify (desk, "Release");
    daemon_stage_await_failure (desk->stage, DESK_GPU);
    desk_await (desk, "mixed");
    desk_assert_stays (desk, "mixed");
    refuse (desk, 0);
}

static void
test_start_after_failed_return (Desk *desk, gconstpointer config)
{
    fail_to_return (desk);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_assert_stays (desk, "lent");
    daemon_stage_start_qemu (desk->stage);
    desk_notify (desk, "Started");
    desk_await (desk, "in-use");
    daemon_stage_kill_qemu (desk->stage);
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

static void
test_failed_return (Desk *desk, gconstpointer config)
{
    fail_to_return (desk);
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_assert_home (desk);
    g_assert_no_error (desk_drop (desk));
}

static void
test_other_users_and_options (Desk *desk, gconstpointer config)
{
    g_autofree char *path = vf_bus_gpu_path (DESK_GPU);
    GVariantBuilder options;

    daemon_stage_start (desk->stage);
    g_variant_builder_init (&options, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&options, "{sv}", "haste", g_variant_new_boolean (TRUE));
    desk_assert_refused (daemon_stage_call (desk->client, path, GPU "Switch",
                                            g_variant_new ("(sa{sv})", "vfio", &options)),
                         VF_REASON_INVALID_OPTION);
    desk_assert_refused (desk_switch (desk, "elsewhere"), VF_REASON_INVALID_OPTION);
    desk_assert_stays (desk, "host");
}

#define IMPATIENT "[policy]\nreturn-waits=0;10;10\n"

#define STORY(name, config) \
    g_test_add ("/daemon/" #name, Desk, config, desk_set_up, test_##name, desk_tear_down)

int
main (int argc, char **argv)
{
    desk_init (&argc, &argv);
    STORY (whole_cycle, NULL);
    STORY (libvirt_down, NULL);
    STORY (no_release, "[policy]\nrelease-deadline=1000\n");
    STORY (strangers, NULL);
    STORY (restart_under_qemu, "[policy]\nrelease-deadline=1000\n");
    STORY (restart_after_short_run, "[policy]\nrelease-deadline=1000\n");
    STORY (maker_vanishes, NULL);
    STORY (pairings_changed, NULL);
    STORY (unreadable_journal, NULL);
    STORY (dies_in_stopped, NULL);
    STORY (dies_before_note, NULL);
    STORY (failed_return, IMPATIENT);
    STORY (start_after_failed_return, IMPATIENT);
    STORY (other_users_and_options, NULL);
    return g_test_run ();
}
