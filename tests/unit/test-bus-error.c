/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every reason goes over the bus and comes back; every way in which bus or daemon can fail to
 * answer gets the class that a person needs. */
#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <string.h>

static void
test_names (void)
{
    static const struct {
        VfReason reason;
        const char *name;
    } cases[] = {
        { VF_REASON_HOST_DISPLAY, "org.virtflow.VirtFlow1.Error.Refused.host_display" },
        { VF_REASON_NO_IOMMU, "org.virtflow.VirtFlow1.Error.NotSupported.no_iommu" },
        { VF_REASON_WEDGED, "org.virtflow.VirtFlow1.Error.TimedOut.wedged" },
        { VF_REASON_INTERNAL, "org.virtflow.VirtFlow1.Error.Failed.internal" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *name = vf_bus_error_name (cases[i].reason);

        g_assert_cmpstr (name, ==, cases[i].name);
        g_assert_true (g_dbus_is_error_name (name));
    }
}

static void
test_round_trip (void)
{
    for (VfReason reason = 0; reason < VF_N_REASONS; reason++) {
        g_autofree char *name = vf_bus_error_name (reason);
        g_autoptr (GError) remote = g_dbus_error_new_for_dbus_error (name, "What, why: 'this'.");
        g_autoptr (GError) error = vf_bus_error_from_remote (remote);

        g_assert_cmpstr (error->message, ==, "What, why: 'this'.");
        g_assert_true (error->domain == VF_ERROR);
        g_assert_cmpint (error->code, ==, (int) vf_reason_code (reason));
        g_assert_cmpint (vf_error_reason (error), ==, reason);
    }
}

static void
test_foreign_names (void)
{
    static const struct {
        const char *name;
        VfReason reason;
    } cases[] = {
        { "org.freedesktop.DBus.Error.ServiceUnknown", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.NameHasNoOwner", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.Spawn.ExecFailed", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.TimedOut", VF_REASON_NO_DAEMON },
        { "org.freedesktop.systemd1.Masked", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.NoReply", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.Disconnected", VF_REASON_NO_DAEMON },
        { "org.freedesktop.DBus.Error.AccessDenied", VF_REASON_NOT_AUTHORIZED },
        { "org.freedesktop.DBus.Error.UnknownMethod", VF_REASON_INTERNAL },
        { "org.virtflow.VirtFlow1.Error.Refused.of_a_newer_version", VF_REASON_INTERNAL },
        { "org.virtflow.VirtFlow1.Error.Refused", VF_REASON_INTERNAL },
        { "org.virtflow.VirtFlow2.Error.Refused.host_display", VF_REASON_INTERNAL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) remote = g_dbus_error_new_for_dbus_error (cases[i].name, "sentence");
        g_autoptr (GError) error = vf_bus_error_from_remote (remote);

        g_test_message ("%s", cases[i].name);
        g_assert_error (error, VF_ERROR, (int) vf_reason_code (cases[i].reason));
        g_assert_cmpint (vf_error_reason (error), ==, cases[i].reason);
        g_assert_null (strstr (error->message, "GDBus"));
    }
}

static void
test_no_bus (void)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
        "unix:path=/nonexistent/bus", G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, &local);

    g_assert_null (connection);
    error = vf_bus_error_from_remote (local);
    g_assert_true (vf_error_is (error, VF_REASON_NO_DAEMON));
}

static void
test_own_error_is_kept (void)
{
    g_autoptr (GError) own = vf_error_new (VF_REASON_NO_SUCH_GPU, "None there.");
    g_autoptr (GError) error = NULL;

    vf_bus_error_propagate (&error, g_error_copy (own));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_GPU));
    g_assert_cmpstr (error->message, ==, "None there.");
}

static void
test_paths (void)
{
    VfPciAddress address = { 0x10000, 0xaf, 0x1f, 7 };
    g_autofree char *path = vf_bus_gpu_path (address);

    g_assert_cmpstr (path, ==, "/org/virtflow/VirtFlow1/gpu/10000_af_1f");
    g_assert_true (g_variant_is_object_path (path));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/bus-error/names", test_names);
    g_test_add_func ("/bus-error/round-trip", test_round_trip);
    g_test_add_func ("/bus-error/foreign-names", test_foreign_names);
    g_test_add_func ("/bus-error/no-bus", test_no_bus);
    g_test_add_func ("/bus-error/own-error-is-kept", test_own_error_is_kept);
    g_test_add_func ("/bus-names/paths", test_paths);
    return g_test_run ();
}
