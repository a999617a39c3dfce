/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a VM that starts with its GPU, and of what may happen until it runs, told to the real
 * daemon. The first argument is the folder of the programs for fake machines. */
#include "desk.h"

#include "vf-bus-names.h"

#define HOST VF_BUS_HOST_INTERFACE "."

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
    g_assert_no_error (desk_prepare (desk));
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

/* The daemon died between the lend for a start and the note of that start, so libvirt refuses the
 * start: its release is of a run that nobody knows. A GPU that is lent from its activation on
 * stays. */
static void
test_release_of_no_run (Desk *desk, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (desk->stage, "pairings");
    g_autofree char *file = g_build_filename (folder, DESK_UUID, NULL);
    g_autofree char *on_start = NULL;
    gsize size;

    daemon_stage_start (desk->stage);
    desk_activate (desk, TRUE);
    g_assert_true (g_file_get_contents (file, &on_start, &size, NULL));
    g_assert_no_error (desk_drop (desk));
    desk_activate (desk, FALSE);
    desk_await (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_stays (desk, "lent");
    daemon_stage_kill (desk->stage);
    g_assert_true (g_file_set_contents (file, on_start, (gssize) size, NULL));
    daemon_stage_start (desk->stage);
    desk_await (desk, "lent");
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

#define STORY(name, config) \
    g_test_add ("/start/" #name, Desk, config, desk_set_up, test_##name, desk_tear_down)

int
main (int argc, char **argv)
{
    desk_init (&argc, &argv);
    STORY (restart_before_qemu, "[policy]\nrelease-deadline=100\n");
    STORY (libvirt_replaced, "[policy]\nrelease-deadline=1000\n");
    STORY (late_lend, "[policy]\nhook-deadline=3000\n");
    STORY (not_cancelled, NULL);
    STORY (hook_dies, NULL);
    STORY (hook_dies_with_libvirt, NULL);
    STORY (started_before_confirmed, NULL);
    STORY (release_of_no_run, NULL);
    return g_test_run ();
}
