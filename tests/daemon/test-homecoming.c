/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a GPU whose way home is not smooth, told to the real daemon. The first argument is the
 * folder of the programs for fake machines. */
#include "daemon-stage.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;

typedef struct {
    DaemonStage *stage;
    GDBusConnection *client;
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
    daemon_stage_start (fixture->stage);
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

static GVariant *
arguments_of (const char *target)
{
    return g_variant_new ("(sa{sv})", target, NULL);
}

/* Calls METHOD of the object at @path, and demands that it succeeds. */
static void
call (Fixture *fixture, const char *path, const char *method, GVariant *arguments)
{
    GError *error = daemon_stage_call (fixture->client, path, method, arguments);

    g_assert_no_error (error);
}

static void
assert_refused (Fixture *fixture, const char *method, GVariant *arguments, VfReason reason)
{
    g_autoptr (GError) remote =
        daemon_stage_call (fixture->client, fixture->gpu_path, method, arguments);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
}

static void
refuse (Fixture *fixture, guint times)
{
    fake_kernel_refuse (daemon_stage_host (fixture->stage)->kernel, "bochs-drm", times);
}

static void
assert_home (Fixture *fixture)
{
    daemon_stage_await (fixture->stage, gpu, "host");
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "home");
}

/* Refused for good it is half-way, until somebody asks for recovery and the driver accepts. */
static void
test_refused (Fixture *fixture, gconstpointer config)
{
    call (fixture, fixture->gpu_path, GPU "Switch", arguments_of ("vfio"));
    refuse (fixture, G_MAXUINT);
    assert_refused (fixture, GPU "Switch", arguments_of ("host"), VF_REASON_DRIVER_REFUSED);
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "mixed"));
    call (fixture, VF_BUS_HOST_PATH, HOST "Recover", NULL);
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "mixed"));
    assert_refused (fixture, GPU "Recover", NULL, VF_REASON_DRIVER_REFUSED);
    refuse (fixture, 0);
    call (fixture, VF_BUS_HOST_PATH, HOST "Recover", NULL);
    assert_home (fixture);
}

/* A driver that comes to its senses is waited for, and everybody can see that. */
static void
test_patient (Fixture *fixture, gconstpointer config)
{
    call (fixture, fixture->gpu_path, GPU "Switch", arguments_of ("vfio"));
    refuse (fixture, 2);
    g_dbus_connection_call (fixture->client, VF_BUS_NAME, fixture->gpu_path, VF_BUS_GPU_INTERFACE,
                            "Switch", arguments_of ("host"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            NULL, NULL);
    daemon_stage_await_step (fixture->stage, gpu, "wait 0.5 s, then try 0000:01:00.0 again");
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "returning"));
    assert_home (fixture);
}

/* Nobody knows how it came to vfio-pci: it stays there until somebody names it. */
static void
test_lost_journal (Fixture *fixture, gconstpointer config)
{
    g_autofree char *folder = daemon_stage_path (fixture->stage, "gpu");
    g_autofree char *file = g_build_filename (folder, "0000:01:00.0", NULL);

    call (fixture, fixture->gpu_path, GPU "Switch", arguments_of ("vfio"));
    daemon_stage_kill (fixture->stage);
    g_assert_cmpint (g_unlink (file), ==, 0);
    daemon_stage_start (fixture->stage);
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "foreign"));
    assert_refused (fixture, GPU "Switch", arguments_of ("host"), VF_REASON_FOREIGN_DRIVER);
    call (fixture, VF_BUS_HOST_PATH, HOST "Recover", NULL);
    daemon_stage_assert_stays (fixture->stage, gpu, "foreign");
    call (fixture, fixture->gpu_path, GPU "Recover", NULL);
    assert_home (fixture);
    call (fixture, fixture->gpu_path, GPU "Recover", NULL);
    assert_home (fixture);
}

/* A return that was refused is not made up for when nobody expects it. */
static void
test_refused_return (Fixture *fixture, gconstpointer config)
{
    call (fixture, fixture->gpu_path, GPU "Switch", arguments_of ("vfio"));
    daemon_stage_start_qemu (fixture->stage);
    assert_refused (fixture, GPU "Switch", arguments_of ("host"), VF_REASON_VM_RUNNING);
    daemon_stage_kill_qemu (fixture->stage);
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    call (fixture, VF_BUS_HOST_PATH, HOST "Recover", NULL);
    daemon_stage_assert_stays (fixture->stage, gpu, "lent");
    call (fixture, fixture->gpu_path, GPU "Switch", arguments_of ("host"));
    assert_home (fixture);
}

#define STORY(name, config) \
    g_test_add ("/homecoming/" #name, Fixture, config, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    STORY (refused, "[policy]\nreturn-waits=0;10;10\n");
    STORY (patient, "[policy]\nreturn-waits=0;500;10\n");
    STORY (lost_journal, NULL);
    STORY (refused_return, NULL);
    return g_test_run ();
}
