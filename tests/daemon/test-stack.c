/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The story of a card on NVIDIA's driver, with every helper a process of its own. The first
 * argument is the folder of the programs for fake machines. */
#include "daemon-stage.h"

#include "vf-bus-names.h"

#include <string.h>
#include <unistd.h>

#define GPU VF_BUS_GPU_INTERFACE "."

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;

static void
switch_to (DaemonStage *stage, GDBusConnection *client, const char *target, const char *state)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);
    GError *error =
        daemon_stage_call (client, path, GPU "Switch", g_variant_new ("(sa{sv})", target, NULL));

    g_assert_no_error (error);
    daemon_stage_await (stage, gpu, state);
}

/* The services that have the card open are no reason against a lend that stops them. */
static void
assert_can_be_lent (GDBusConnection *client)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        client, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, "Plan",
        g_variant_new ("(sa{sv})", "vfio", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_autoptr (GVariant) blockers = NULL;
    g_autofree char *plan = NULL;

    g_assert_no_error (error);
    blockers = g_variant_get_child_value (answer, 1);
    g_assert_cmpuint (g_variant_n_children (blockers), ==, 0);
    plan = g_variant_print (answer, FALSE);
    g_assert_nonnull (strstr (plan, "unload-modules"));
}

static gboolean
runs (DaemonStage *stage, const char *service)
{
    g_autofree char *path = g_build_filename ("run/services", service, NULL);
    char text[16];

    g_assert_cmpint (vf_sysfs_read (daemon_stage_host (stage)->root, path, text, sizeof text), ==,
                     0);
    return g_str_equal (text, "active");
}

static void
test_nvidia (void)
{
    DaemonStage *stage = daemon_stage_new ("nvidia-alone", programs, NULL);
    FakeHost *host = daemon_stage_host (stage);
    g_autofree char *before = fake_host_fingerprint (host);
    GDBusConnection *client = daemon_stage_connect (stage);

    daemon_stage_start (stage);
    assert_can_be_lent (client);
    switch_to (stage, client, "vfio", "lent");
    g_assert_false (vf_sysfs_exists (host->root, "sys/module/nvidia"));
    g_assert_false (runs (stage, "nvidia-persistenced.service"));
    g_assert_false (runs (stage, "nvidia-powerd.service"));
    daemon_stage_kill (stage);
    daemon_stage_start (stage);
    daemon_stage_assert_stays (stage, gpu, "lent");
    switch_to (stage, client, "host", "host");
    fake_host_assert_same (host, before, "home");
    g_dbus_connection_close_sync (client, NULL, NULL);
    g_object_unref (client);
    daemon_stage_free (stage);
}

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    g_test_add_func ("/daemon/nvidia", test_nvidia);
    return g_test_run ();
}
