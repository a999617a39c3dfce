/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a VM that starts with its GPU, and of what may happen until it runs, told to the real
 * daemon. The first argument is the folder of the programs for fake machines. */
#include "desk.h"

#include "vf-bus-names.h"

#define HOST VF_BUS_HOST_INTERFACE "."

/* A start of the story that has a card which is late waits so long for it, in milliseconds. */
#define LATE 3000

/* Between "prepare" and QEMU's first look at the card nobody has it open, and it must not move. */
static void
test_restart_before_qemu (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    desk_assert_refused (desk_switch (desk, "host"), VF_REASON_VM_RUNNING);
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    g_assert_no_error (daemon_stage_call (desk->client, VF_BUS_HOST_PATH, HOST "Recover", NULL));
    for (int i = 0; i < 13; i++) /* longer than the daemon looks away from a lent card */
        desk_assert_stays (desk, "lent");
    daemon_stage_start_qemu (desk->stage);
    desk_notify (desk, "Started");
    desk_await (desk, "in-use");
}

/* The daemon is another one when libvirt gives up the start, and nobody hears that. */
static void
test_given_up_unheard (Desk *desk, gconstpointer config)
{
    daemon_stage_add_domain (desk->stage, "web", FALSE);
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_assert_stays (desk, "lent");
    desk_assert_home (desk);
}

/* libvirt has begun with it and given up before QEMU was there; and nobody heard that. */
static void
test_fails_unheard (Desk *desk, gconstpointer config)
{
    daemon_stage_add_domain (desk->stage, "web", FALSE);
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_add_domain (desk->stage, "desk", TRUE);
    for (int i = 0; i < 4; i++)
        desk_assert_stays (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_assert_home (desk);
}

/* libvirt is down before it has noted that VM, of which it knows nothing when it is back. */
static void
test_libvirt_down (Desk *desk, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (desk->stage, "gpu");
    g_autofree char *journal = g_build_filename (folder, "0000:01:00.0", NULL);

    daemon_stage_add_domain (desk->stage, "web", FALSE);
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_set_libvirt (desk->stage, FALSE);
    desk_assert_home (desk);
    daemon_stage_set_libvirt (desk->stage, TRUE);
    desk_assert_stays (desk, "host");
    g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
}

/* libvirt dies before QEMU is there, and is back before anybody looks: the VM does not start. */
static void
test_libvirt_replaced (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_replace_libvirt (desk->stage);
    desk_assert_home (desk);
}

/* Where everything takes its time, under valgrind for instance, the card may be late once more:
 * then the refusal comes when the time is over. */
static void
start_again (Desk *desk)
{
    gint64 asked = g_get_monotonic_time ();
    GError *error;

    while ((error = desk_prepare (desk)) != NULL) {
        desk_assert_refused (error, VF_REASON_SWITCH_RUNNING);
        g_assert_cmpint (g_get_monotonic_time () - asked, >=, LATE * G_TIME_SPAN_MILLISECOND);
        desk_notify (desk, "Release");
        asked = g_get_monotonic_time ();
    }
}

/* A start is refused because the card does not come in time; its owner tries once more, and that
 * start is not robbed of the card by the end of the first one. */
static void
test_late_lend (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    daemon_stage_hold (desk->stage, "worker");
    desk_assert_refused (desk_prepare (desk), VF_REASON_SWITCH_RUNNING);
    desk_notify (desk, "Release");
    daemon_stage_let_go (desk->stage, "worker");
    start_again (desk);
    desk_assert_stays (desk, "lent");
}

/* A VM that starts is not robbed of its GPU, not even by who starts it. */
static void
test_not_cancelled (Desk *desk, gconstpointer config)
{
    g_autofree char *path = vf_bus_gpu_path (DESK_GPU);

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    daemon_stage_hold (desk->stage, "worker");
    desk_begin_hook (desk->hook, "Prepare", desk_prepare_arguments (DESK_UUID, TRUE));
    desk_await (desk, "lending");
    desk_assert_refused (daemon_stage_call (desk->hook, path, VF_BUS_GPU_INTERFACE ".Cancel", NULL),
                         VF_REASON_NOT_CANCELLABLE);
    daemon_stage_let_go (desk->stage, "worker");
    desk_await (desk, "lent");
    desk_assert_stays (desk, "lent");
}

/* The hook is killed while the GPU goes to its VM. libvirt has given up the start by that; its
 * "release" comes at once, or, when libvirt has ended as well, never. */
static void
let_hook_die (Desk *desk, gboolean releases)
{
    GDBusConnection *hook = daemon_stage_connect (desk->stage);

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    daemon_stage_hold (desk->stage, "worker");
    desk_begin_hook (hook, "Prepare", desk_prepare_arguments (DESK_UUID, TRUE));
    desk_await (desk, "lending");
    desk_disconnect (&hook);
    if (releases)
        desk_notify (desk, "Release");
    desk_assert_stays (desk, "lending"); /* longer than a start may wait */
    daemon_stage_let_go (desk->stage, "worker");
    desk_assert_home (desk);
    desk_assert_stays (desk, "host");
}

static void
test_hook_dies (Desk *desk, gconstpointer config)
{
    let_hook_die (desk, TRUE);
}

static void
test_hook_dies_with_libvirt (Desk *desk, gconstpointer config)
{
    let_hook_die (desk, FALSE);
}

/* What somebody else got before it is not taken away by the end of such a start. */
static void
test_hook_dies_behind_another (Desk *desk, gconstpointer config)
{
    GDBusConnection *hook = daemon_stage_connect (desk->stage);

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    daemon_stage_hold (desk->stage, "worker");
    desk_begin (desk->client, "Switch", g_variant_new ("(sa{sv})", "vfio", NULL));
    desk_await (desk, "lending");
    desk_begin_hook (hook, "Prepare", desk_prepare_arguments (DESK_UUID, TRUE));
    desk_assert_stays (desk, "lending");
    desk_disconnect (&hook);
    daemon_stage_let_go (desk->stage, "worker");
    desk_await (desk, "lent");
    desk_assert_stays (desk, "lent");
}

/* The domain was defined and started before its maker could say so. */
static void
test_started_before_confirmed (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    g_assert_no_error (desk_pair (desk, FALSE));
    desk_start_vm (desk);
    g_assert_no_error (desk_confirm (desk));
    desk_assert_refused (desk_confirm (desk), VF_REASON_NOT_AUTHORIZED);
}

static GBytes *
read_file (const char *path)
{
    char *contents;
    gsize size;

    g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
    return g_bytes_new_take (contents, size);
}

static void
write_file (const char *path, GBytes *bytes)
{
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                        (gssize) g_bytes_get_size (bytes), NULL));
}

/* What the activation has reserved stays when a start comes to nothing. A run uses that up, and
 * from then on the GPU is lent for a start: a daemon that finds it lent without the note of a run,
 * since the one before died over that, gives it back. */
static void
test_used_up (Desk *desk, gconstpointer config)
{
    g_autofree char *pairings = daemon_stage_path (desk->stage, "pairings");
    g_autofree char *journals = daemon_stage_path (desk->stage, "gpu");
    g_autofree char *pairing = g_build_filename (pairings, DESK_UUID, NULL);
    g_autofree char *journal = g_build_filename (journals, "0000:01:00.0", NULL);
    g_autoptr (GBytes) on_start = NULL;
    g_autoptr (GBytes) reserved = NULL;
    g_autoptr (GBytes) used_up = NULL;

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    on_start = read_file (pairing);
    g_assert_no_error (desk_drop (desk));
    desk_activate (desk, FALSE);
    desk_await (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_stays (desk, "lent");
    reserved = read_file (journal);
    desk_start_vm (desk);
    daemon_stage_kill_qemu (desk->stage);
    desk_notify (desk, "Release");
    desk_assert_home (desk);
    g_assert_no_error (desk_prepare (desk));
    used_up = read_file (pairing);
    g_assert_true (g_bytes_equal (used_up, on_start));
    daemon_stage_kill (desk->stage);
    write_file (journal, reserved);
    daemon_stage_start (desk->stage);
    desk_assert_home (desk);
}

/* Nobody waits for the return of what a program had activated that is gone, so the daemon itself
 * tries again when its helper dies. */
static void
test_maker_and_helper_die (Desk *desk, gconstpointer config)
{
    daemon_stage_start (desk->stage);
    g_assert_no_error (desk_pair (desk, FALSE));
    desk_await (desk, "lent");
    daemon_stage_let_worker_die (desk->stage);
    desk_disconnect (&desk->client);
    desk_assert_home (desk);
}

#define STORY(name, config) \
    g_test_add ("/start/" #name, Desk, config, desk_set_up, test_##name, desk_tear_down)

int
main (int argc, char **argv)
{
    desk_init (&argc, &argv);
    STORY (restart_before_qemu, "[policy]\nrelease-deadline=100\n");
    STORY (given_up_unheard, "[policy]\nrelease-deadline=1000\n");
    STORY (libvirt_replaced, "[policy]\nrelease-deadline=1000\n");
    STORY (late_lend, "[policy]\nhook-deadline=" G_STRINGIFY (LATE) "\n");
    STORY (not_cancelled, NULL);
    STORY (fails_unheard, NULL);
    STORY (libvirt_down, NULL);
    STORY (hook_dies, "[policy]\nhook-deadline=300\n");
    STORY (hook_dies_with_libvirt, "[policy]\nhook-deadline=300\n");
    STORY (hook_dies_behind_another, NULL);
    STORY (started_before_confirmed, NULL);
    STORY (used_up, NULL);
    STORY (maker_and_helper_die, NULL);
    return g_test_run ();
}
