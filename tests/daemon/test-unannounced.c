/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a VM for which libvirt does not call the hook, told to the real daemon by libvirt's
 * status files: the card stays on vfio-pci until libvirt is done with the VM, and then comes home.
 * The first argument is the folder of the programs for fake machines. */
#include "desk.h"

#include "vf-bus-names.h"

#include <string.h>
#include <unistd.h>

/* The daemon runs, and the GPU is lent to the VM, which was never started. */
static void
set_up (Desk *desk, gconstpointer config)
{
    desk_set_up (desk, config);
    daemon_stage_add_domain (desk->stage, "web", FALSE);
    daemon_stage_start (desk->stage);
    desk_activate (desk, FALSE);
    desk_await (desk, "lent");
}

static void
assert_stays (Desk *desk, const char *state)
{
    for (int i = 0; i < 4; i++) /* longer than any deadline here */
        desk_assert_stays (desk, state);
}

static guint
n_notices (Desk *desk)
{
    g_autoptr (GVariant) notices =
        daemon_stage_property (desk->stage, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "Notices");
    const char *reason, *sentence;

    if (g_variant_n_children (notices) == 1) {
        g_variant_get_child (notices, 0, "(&s&s&s)", &reason, NULL, &sentence);
        g_assert_cmpstr (reason, ==, "hook-not-called");
        g_assert_nonnull (strstr (sentence, "the VM desk"));
        g_assert_nonnull (strstr (sentence, "systemctl reload libvirtd"));
    }
    return (guint) g_variant_n_children (notices);
}

static void
await_notice (Desk *desk)
{
    while (n_notices (desk) == 0)
        g_usleep (5000);
}

static void
start_unannounced (Desk *desk)
{
    daemon_stage_add_domain (desk->stage, "desk", TRUE);
    await_notice (desk);
    daemon_stage_start_qemu (desk->stage);
    desk_await (desk, "in-use");
}

static void
test_whole_run (Desk *desk, gconstpointer config)
{
    g_assert_cmpuint (n_notices (desk), ==, 0);
    start_unannounced (desk);
    daemon_stage_kill_qemu (desk->stage);
    desk_await (desk, "lent");
    desk_assert_refused (desk_switch (desk, "host"), VF_REASON_VM_RUNNING);
    assert_stays (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_assert_home (desk);
    g_assert_cmpuint (n_notices (desk), ==, 1);
    g_assert_no_error (desk_prepare (desk));
    g_assert_cmpuint (n_notices (desk), ==, 0);
}

/* Its QEMU was never seen to have the card. */
static void
test_short_run (Desk *desk, gconstpointer config)
{
    daemon_stage_add_domain (desk->stage, "desk", TRUE);
    await_notice (desk);
    desk_assert_stays (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_assert_home (desk);
}

/* Other VMs come and go, and the card waits for its own. */
static void
test_other_vms (Desk *desk, gconstpointer config)
{
    daemon_stage_add_domain (desk->stage, "mail", FALSE);
    daemon_stage_remove_domain (desk->stage, "web");
    assert_stays (desk, "lent");
    g_assert_cmpuint (n_notices (desk), ==, 0);
    start_unannounced (desk);
    daemon_stage_kill_qemu (desk->stage);
    desk_await (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "mail");
    daemon_stage_add_domain (desk->stage, "web", FALSE);
    assert_stays (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_assert_home (desk);
}

/* The daemon is another one meanwhile, each time when it is inconvenient. */
static void
test_restarts (Desk *desk, gconstpointer config)
{
    start_unannounced (desk);
    daemon_stage_kill (desk->stage);
    daemon_stage_start (desk->stage);
    desk_await (desk, "in-use");
    daemon_stage_kill (desk->stage);
    daemon_stage_kill_qemu (desk->stage);
    daemon_stage_start (desk->stage);
    desk_await (desk, "lent");
    assert_stays (desk, "lent");
    daemon_stage_kill (desk->stage);
    daemon_stage_remove_domain (desk->stage, "desk");
    daemon_stage_start (desk->stage);
    desk_assert_home (desk);
}

/* libvirt is down while QEMU dies; back again, and reloaded by that, it calls the hook. */
static void
test_libvirt_down (Desk *desk, gconstpointer config)
{
    start_unannounced (desk);
    daemon_stage_set_libvirt (desk->stage, FALSE);
    daemon_stage_kill_qemu (desk->stage);
    desk_assert_home (desk);
    daemon_stage_set_libvirt (desk->stage, TRUE);
    desk_notify (desk, "Stopped");
    desk_await (desk, "lent");
    g_assert_cmpuint (n_notices (desk), ==, 0);
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

/* libvirt calls the hook and its release does not arrive, or arrives late: the same rule holds. */
static void
test_announced (Desk *desk, gconstpointer config)
{
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_add_domain (desk->stage, "desk", TRUE);
    daemon_stage_start_qemu (desk->stage);
    desk_notify (desk, "Started");
    desk_await (desk, "in-use");
    g_assert_cmpuint (n_notices (desk), ==, 0);
    daemon_stage_kill_qemu (desk->stage);
    desk_await (desk, "lent");
    assert_stays (desk, "lent");
    daemon_stage_remove_domain (desk->stage, "desk");
    desk_assert_home (desk);
    desk_notify (desk, "Release");
    desk_assert_stays (desk, "host");
}

/* Nobody waits for this return, so the daemon itself tries again. */
static void
test_helper_dies (Desk *desk, gconstpointer config)
{
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_start_qemu (desk->stage);
    desk_await (desk, "in-use");
    daemon_stage_kill_qemu (desk->stage);
    daemon_stage_let_worker_die (desk->stage);
    desk_notify (desk, "Release");
    desk_assert_home (desk);
}

#define STORY(name) \
    g_test_add ("/unannounced/" #name, Desk, "[policy]\nrelease-deadline=100\n", set_up, \
                test_##name, desk_tear_down)

int
main (int argc, char **argv)
{
    desk_init (&argc, &argv);
    STORY (whole_run);
    STORY (short_run);
    STORY (other_vms);
    STORY (restarts);
    STORY (libvirt_down);
    STORY (announced);
    STORY (helper_dies);
    return g_test_run ();
}
