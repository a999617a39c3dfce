/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a VM for which libvirt does not call the hook, told to the real daemon by libvirt's
 * status files: the card stays on vfio-pci until libvirt is done with the VM, and then comes home.
 * The first argument is the folder of the programs for fake machines. */
#include "daemon-stage.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <string.h>
#include <unistd.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define HOOK VF_BUS_HOOK_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;

typedef struct {
    DaemonStage *stage;
    GDBusConnection *client;
    char *gpu_path;
    char *before; /* how the machine looked */
} Fixture;

/* The daemon runs, and the GPU is lent to the VM "desk", which was never started. */
static void
set_up (Fixture *fixture, gconstpointer config)
{
    fixture->stage = daemon_stage_new ("lab", programs, config);
    fixture->gpu_path = vf_bus_gpu_path (gpu);
    fixture->client = daemon_stage_connect (fixture->stage);
    daemon_stage_add_domain (fixture->stage, "web", FALSE);
    fixture->before = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    daemon_stage_start (fixture->stage);
    g_assert_no_error (
        daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Pair",
                           g_variant_new ("(ss^aya{sv})", UUID, "desk", "<domain/>", NULL)));
    g_assert_no_error (daemon_stage_call (fixture->client, VF_BUS_HOST_PATH,
                                          VF_BUS_HOST_INTERFACE ".ConfirmPairing",
                                          g_variant_new ("(s^ay)", UUID, "<domain>with</domain>")));
    daemon_stage_await (fixture->stage, gpu, "lent");
}

static void
tear_down (Fixture *fixture, gconstpointer config)
{
    g_dbus_connection_close_sync (fixture->client, NULL, NULL);
    g_object_unref (fixture->client);
    daemon_stage_free (fixture->stage);
    g_free (fixture->gpu_path);
    g_free (fixture->before);
}

static void
assert_home (Fixture *fixture)
{
    daemon_stage_await (fixture->stage, gpu, "host");
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "home");
}

static void
assert_stays (Fixture *fixture, const char *state)
{
    for (int i = 0; i < 4; i++) /* longer than any deadline here */
        daemon_stage_assert_stays (fixture->stage, gpu, state);
}

static guint
n_notices (Fixture *fixture)
{
    g_autoptr (GVariant) notices =
        daemon_stage_property (fixture->stage, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "Notices");
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
await_notice (Fixture *fixture)
{
    while (n_notices (fixture) == 0)
        g_usleep (5000);
}

static void
call_hook (Fixture *fixture, const char *method)
{
    g_assert_no_error (
        daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, method, g_variant_new ("(s)", UUID)));
}

static void
prepare (Fixture *fixture)
{
    GVariantBuilder hostdevs;

    g_variant_builder_init (&hostdevs, G_VARIANT_TYPE ("a(sb)"));
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.0", FALSE);
    g_assert_no_error (
        daemon_stage_call (fixture->client, VF_BUS_HOST_PATH, HOOK "Prepare",
                           g_variant_new ("(ssba(sb))", UUID, "desk", TRUE, &hostdevs)));
}

static void
assert_vm_runs (Fixture *fixture)
{
    g_autoptr (GError) remote = daemon_stage_call (fixture->client, fixture->gpu_path, GPU "Switch",
                                                   g_variant_new ("(sa{sv})", "host", NULL));
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, "vm-running");
}

static void
start_unannounced (Fixture *fixture)
{
    daemon_stage_add_domain (fixture->stage, "desk", TRUE);
    await_notice (fixture);
    daemon_stage_start_qemu (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "in-use");
}

static void
test_whole_run (Fixture *fixture, gconstpointer config)
{
    g_assert_cmpuint (n_notices (fixture), ==, 0);
    start_unannounced (fixture);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "lent");
    assert_vm_runs (fixture);
    assert_stays (fixture, "lent");
    daemon_stage_remove_domain (fixture->stage, "desk");
    assert_home (fixture);
    g_assert_cmpuint (n_notices (fixture), ==, 1);
    prepare (fixture);
    g_assert_cmpuint (n_notices (fixture), ==, 0);
}

/* Its QEMU was never seen to have the card. */
static void
test_short_run (Fixture *fixture, gconstpointer config)
{
    daemon_stage_add_domain (fixture->stage, "desk", TRUE);
    await_notice (fixture);
    daemon_stage_assert_stays (fixture->stage, gpu, "lent");
    daemon_stage_remove_domain (fixture->stage, "desk");
    assert_home (fixture);
}

/* Other VMs come and go, and the card waits for its own. */
static void
test_other_vms (Fixture *fixture, gconstpointer config)
{
    daemon_stage_add_domain (fixture->stage, "mail", FALSE);
    daemon_stage_remove_domain (fixture->stage, "web");
    assert_stays (fixture, "lent");
    g_assert_cmpuint (n_notices (fixture), ==, 0);
    start_unannounced (fixture);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "lent");
    daemon_stage_remove_domain (fixture->stage, "mail");
    daemon_stage_add_domain (fixture->stage, "web", FALSE);
    assert_stays (fixture, "lent");
    daemon_stage_remove_domain (fixture->stage, "desk");
    assert_home (fixture);
}

/* The daemon is another one meanwhile, each time when it is inconvenient. */
static void
test_restarts (Fixture *fixture, gconstpointer config)
{
    start_unannounced (fixture);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "in-use");
    daemon_stage_kill (fixture->stage);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_start (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "lent");
    assert_stays (fixture, "lent");
    daemon_stage_kill (fixture->stage);
    daemon_stage_remove_domain (fixture->stage, "desk");
    daemon_stage_start (fixture->stage);
    assert_home (fixture);
}

/* libvirt is down while QEMU dies; back again, and reloaded by that, it calls the hook. */
static void
test_libvirt_down (Fixture *fixture, gconstpointer config)
{
    start_unannounced (fixture);
    daemon_stage_set_libvirt (fixture->stage, FALSE);
    daemon_stage_kill_qemu (fixture->stage);
    assert_home (fixture);
    daemon_stage_set_libvirt (fixture->stage, TRUE);
    call_hook (fixture, HOOK "Stopped");
    daemon_stage_await (fixture->stage, gpu, "lent");
    g_assert_cmpuint (n_notices (fixture), ==, 0);
    daemon_stage_remove_domain (fixture->stage, "desk");
    call_hook (fixture, HOOK "Release");
    assert_home (fixture);
}

/* libvirt calls the hook and its release does not arrive, or arrives late: the same rule holds. */
static void
test_announced (Fixture *fixture, gconstpointer config)
{
    prepare (fixture);
    daemon_stage_add_domain (fixture->stage, "desk", TRUE);
    daemon_stage_start_qemu (fixture->stage);
    call_hook (fixture, HOOK "Started");
    daemon_stage_await (fixture->stage, gpu, "in-use");
    g_assert_cmpuint (n_notices (fixture), ==, 0);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "lent");
    assert_stays (fixture, "lent");
    daemon_stage_remove_domain (fixture->stage, "desk");
    assert_home (fixture);
    call_hook (fixture, HOOK "Release");
    daemon_stage_assert_stays (fixture->stage, gpu, "host");
}

/* Nobody waits for this return, so the daemon itself tries again. */
static void
test_helper_dies (Fixture *fixture, gconstpointer config)
{
    prepare (fixture);
    daemon_stage_start_qemu (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "in-use");
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_let_worker_die (fixture->stage);
    call_hook (fixture, HOOK "Release");
    assert_home (fixture);
}

#define STORY(name) \
    g_test_add ("/unannounced/" #name, Fixture, "[policy]\nrelease-deadline=100\n", set_up, \
                test_##name, tear_down)

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    STORY (whole_run);
    STORY (short_run);
    STORY (other_vms);
    STORY (restarts);
    STORY (libvirt_down);
    STORY (announced);
    STORY (helper_dies);
    return g_test_run ();
}
