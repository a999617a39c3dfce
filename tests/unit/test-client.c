/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client library against a daemon that answers what the test wants, in a thread of its own as
 * the client blocks while it connects. */
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-client.h"

#include <string.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"

typedef struct {
    GTestDBus *bus;
    const char *address;
    GThread *thread;
    GMainContext *context; /* of the daemon */
    GMainLoop *loop;
    GDBusConnection *connection;
    VfDbusHost *host;
    GDBusObjectManagerServer *objects;
    gint ready;
} Fixture;

static gboolean
on_plan (VfDbusGpu *gpu,
         GDBusMethodInvocation *invocation,
         const char *target,
         GVariant *options,
         gpointer data)
{
    g_autoptr (VfPlan) plan = vf_plan_new (
        VF_TARGET_HOST, g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free));
    g_autoptr (GPtrArray) blockers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);

    if (g_strcmp0 (target, "vfio") == 0) {
        const char *vm = NULL;

        g_variant_lookup (options, "vm", "&s", &vm);
        g_assert_cmpstr (vm, ==, "uuid");
        g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_HOST_DISPLAY, "0000:01:00.0",
                                                   g_strdup ("It is the host's display.")));
    }
    vf_dbus_gpu_complete_plan (gpu, invocation, vf_plan_to_variant (plan),
                               vf_blockers_to_variant (blockers));
    return TRUE;
}

/* Who asks for the next lend cancels it; the daemon says no before it has heard of that. */
static GCancellable *cancels;

static gboolean
on_cancel (VfDbusGpu *gpu, GDBusMethodInvocation *invocation, gpointer data)
{
    GDBusMethodInvocation *lend = g_object_steal_data (G_OBJECT (gpu), "lend");
    g_autoptr (GError) error = vf_error_new (VF_REASON_NOT_AUTHORIZED, "No.");

    vf_bus_error_return (lend, error);
    vf_dbus_gpu_complete_cancel (gpu, invocation);
    return TRUE;
}

/* Shows a step before it answers. */
static gboolean
on_switch (VfDbusGpu *gpu,
           GDBusMethodInvocation *invocation,
           const char *target,
           GVariant *options,
           gpointer data)
{
    g_autoptr (GError) error = NULL;

    vf_dbus_gpu_set_step (gpu, 1);
    g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (gpu));
    if (g_strcmp0 (target, "host") == 0) {
        vf_dbus_gpu_complete_switch (gpu, invocation);
        return TRUE;
    }
    if (cancels != NULL) {
        g_object_set_data (G_OBJECT (gpu), "lend", invocation);
        g_cancellable_cancel (cancels);
        return TRUE;
    }
    error = vf_error_new (VF_REASON_HELD_BY_PROCESS, "Held by X.");
    vf_bus_error_return (invocation, error);
    return TRUE;
}

static gboolean
on_pair (VfDbusGpu *gpu,
         GDBusMethodInvocation *invocation,
         const char *uuid,
         const char *name,
         const char *before,
         GVariant *options,
         gpointer data)
{
    g_autofree char *text = g_variant_print (options, FALSE);

    g_assert_cmpstr (uuid, ==, UUID);
    g_assert_cmpstr (name, ==, "win");
    g_assert_cmpstr (before, ==, "<domain/>");
    g_assert_cmpstr (text, ==, "{'on-start': <true>, 'profile': <'monitor'>}");
    vf_dbus_gpu_complete_pair (gpu, invocation);
    return TRUE;
}

static gboolean
on_open (VfDbusHost *host, GDBusMethodInvocation *invocation, const char *uuid, gpointer data)
{
    vf_dbus_host_complete_open_pairing (host, invocation, "<before/>",
                                        g_strcmp0 (uuid, UUID) == 0 ? "<after/>" : "");
    return TRUE;
}

static void
add_gpu (Fixture *fixture, const char *address)
{
    g_autoptr (VfDbusGpu) gpu = vf_dbus_gpu_skeleton_new ();
    g_autoptr (VfDbusObjectSkeleton) object = NULL;
    g_autofree char *path = NULL;
    VfPciAddress slot;

    g_assert_true (vf_pci_address_parse (address, &slot, NULL));
    path = vf_bus_gpu_path (slot);
    object = vf_dbus_object_skeleton_new (path);
    vf_dbus_gpu_set_address (gpu, address);
    g_signal_connect (gpu, "handle-plan", G_CALLBACK (on_plan), NULL);
    g_signal_connect (gpu, "handle-switch", G_CALLBACK (on_switch), NULL);
    g_signal_connect (gpu, "handle-pair", G_CALLBACK (on_pair), NULL);
    g_signal_connect (gpu, "handle-cancel", G_CALLBACK (on_cancel), NULL);
    vf_dbus_object_skeleton_set_gpu (object, gpu);
    g_dbus_object_manager_server_export (fixture->objects, G_DBUS_OBJECT_SKELETON (object));
}

static void
start_daemon (Fixture *fixture)
{
    g_autoptr (GVariant) reply = NULL;

    fixture->connection = g_dbus_connection_new_for_address_sync (
        fixture->address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    fixture->host = vf_dbus_host_skeleton_new ();
    g_signal_connect (fixture->host, "handle-open-pairing", G_CALLBACK (on_open), NULL);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->host),
                                      fixture->connection, VF_BUS_HOST_PATH, NULL);
    fixture->objects = g_dbus_object_manager_server_new (VF_BUS_HOST_PATH);
    add_gpu (fixture, "0000:0a:00.0");
    add_gpu (fixture, "0000:01:00.0");
    g_dbus_object_manager_server_set_connection (fixture->objects, fixture->connection);
    reply = g_dbus_connection_call_sync (fixture->connection, "org.freedesktop.DBus",
                                         "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "RequestName", g_variant_new ("(su)", VF_BUS_NAME, 0),
                                         NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_assert_nonnull (reply);
}

static gpointer
run_daemon (gpointer data)
{
    Fixture *fixture = data;

    g_main_context_push_thread_default (fixture->context);
    start_daemon (fixture);
    g_atomic_int_set (&fixture->ready, TRUE);
    g_main_loop_run (fixture->loop);
    g_clear_object (&fixture->objects);
    g_clear_object (&fixture->host);
    g_clear_object (&fixture->connection);
    g_main_context_pop_thread_default (fixture->context);
    return NULL;
}

static void
set_up_bus (Fixture *fixture, gconstpointer data)
{
    fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (fixture->bus);
    fixture->address = g_test_dbus_get_bus_address (fixture->bus);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    set_up_bus (fixture, data);
    fixture->context = g_main_context_new ();
    fixture->loop = g_main_loop_new (fixture->context, FALSE);
    fixture->thread = g_thread_new ("daemon", run_daemon, fixture);
    while (!g_atomic_int_get (&fixture->ready))
        g_thread_yield ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    if (fixture->thread != NULL) {
        g_main_loop_quit (fixture->loop);
        g_thread_join (fixture->thread);
        g_main_loop_unref (fixture->loop);
        g_main_context_unref (fixture->context);
    }
    g_test_dbus_down (fixture->bus);
    g_object_unref (fixture->bus);
}

static VfClientGpu *
find (VfClient *client, const char *text)
{
    g_autoptr (GError) error = NULL;
    VfPciAddress address;
    VfClientGpu *gpu;

    g_assert_true (vf_pci_address_parse (text, &address, NULL));
    gpu = vf_client_find_gpu (client, address, &error);
    if (gpu == NULL)
        g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_GPU));
    return gpu;
}

static void
test_no_daemon (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_client_new (fixture->address, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_DAEMON));
    g_clear_error (&error);
    g_assert_null (vf_client_new ("unix:path=/nonexistent/bus", &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_DAEMON));
}

static void
test_gpus (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (GPtrArray) gpus = vf_client_list_gpus (client);
    g_autoptr (VfClientGpu) audio = find (client, "0000:01:00.1");

    g_assert_cmpuint (gpus->len, ==, 2);
    g_assert_cmpstr (vf_dbus_gpu_get_address (g_ptr_array_index (gpus, 0)), ==, "0000:01:00.0");
    g_assert_cmpstr (vf_dbus_gpu_get_address (g_ptr_array_index (gpus, 1)), ==, "0000:0a:00.0");
    g_assert_true (audio == g_ptr_array_index (gpus, 0));
    g_assert_null (find (client, "0000:02:00.0"));
}

static void
test_plan (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (VfClientGpu) gpu = find (client, "0000:01:00.0");
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfPlan) plan = vf_client_plan (gpu, VF_TARGET_HOST, NULL, &blockers, &error);

    g_assert_no_error (error);
    g_assert_null (blockers);
    g_assert_cmpuint (vf_plan_length (plan), ==, 0);
    g_assert_null (vf_client_plan (gpu, VF_TARGET_VFIO, "uuid", &blockers, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (blockers->len, ==, 1);
}

static void
on_step (GObject *gpu, GParamSpec *property, gpointer data)
{
    *(guint *) data = vf_dbus_gpu_get_step (VF_DBUS_GPU (gpu));
}

/* What the daemon shows while it works arrives while the call waits. */
static void
test_switch (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (VfClientGpu) gpu = find (client, "0000:01:00.0");
    g_autoptr (GError) error = NULL;
    guint step = 0;

    g_signal_connect (gpu, "notify::step", G_CALLBACK (on_step), &step);
    g_assert_true (vf_client_switch (gpu, VF_TARGET_HOST, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (step, ==, 1);
    g_assert_false (vf_client_switch (gpu, VF_TARGET_VFIO, NULL, &error));
    g_assert_true (vf_error_is (error, VF_REASON_HELD_BY_PROCESS));
    g_assert_cmpstr (error->message, ==, "Held by X.");
}

/* By another thread, that of this daemon; and before it is asked for anything. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (VfClientGpu) gpu = find (client, "0000:01:00.0");
    g_autoptr (GError) error = NULL;

    cancels = cancellable;
    g_assert_false (vf_client_switch (gpu, VF_TARGET_VFIO, cancellable, &error));
    g_assert_true (vf_error_is (error, VF_REASON_CANCELLED));
    g_clear_error (&error);
    cancels = NULL;

    g_assert_false (vf_client_switch (gpu, VF_TARGET_VFIO, cancellable, &error));
    g_assert_true (vf_error_is (error, VF_REASON_CANCELLED));
    g_clear_error (&error);
    g_cancellable_reset (cancellable);
    g_assert_false (vf_client_switch (gpu, VF_TARGET_VFIO, cancellable, &error));
    g_assert_true (vf_error_is (error, VF_REASON_HELD_BY_PROCESS));
}

static gboolean
on_unplugged (gpointer data)
{
    Fixture *fixture = data;
    g_autofree char *path = NULL;
    VfPciAddress slot;

    g_assert_true (vf_pci_address_parse ("0000:01:00.0", &slot, NULL));
    path = vf_bus_gpu_path (slot);
    g_assert_true (g_dbus_object_manager_server_unexport (fixture->objects, path));
    g_atomic_int_set (&fixture->ready, TRUE);
    return G_SOURCE_REMOVE;
}

/* The client has not yet heard of it. */
static void
test_unplugged (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (VfClientGpu) gpu = find (client, "0000:01:00.0");
    g_autoptr (GError) error = NULL;

    g_atomic_int_set (&fixture->ready, FALSE);
    g_main_context_invoke (fixture->context, on_unplugged, fixture);
    while (!g_atomic_int_get (&fixture->ready))
        g_thread_yield ();
    g_assert_false (vf_client_switch (gpu, VF_TARGET_HOST, NULL, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_GPU));
    g_assert_nonnull (strstr (error->message, "0000:01:00.0"));
}

static void
test_pairing (Fixture *fixture, gconstpointer data)
{
    static const VfClientPairing pairing = { UUID, "win", "<domain/>", "monitor", TRUE };
    g_autoptr (VfClient) client = vf_client_new (fixture->address, NULL);
    g_autoptr (VfClientGpu) gpu = find (client, "0000:01:00.0");
    g_autoptr (GError) error = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *before_pending = NULL;
    g_autofree char *after_pending = NULL;

    g_assert_true (vf_client_pair (gpu, &pairing, NULL, &error));
    g_assert_true (vf_client_open_pairing (client, UUID, &before, &after, &error));
    g_assert_cmpstr (before, ==, "<before/>");
    g_assert_cmpstr (after, ==, "<after/>");
    g_assert_true (
        vf_client_open_pairing (client, "other", &before_pending, &after_pending, &error));
    g_assert_cmpstr (before_pending, ==, "<before/>");
    g_assert_null (after_pending);
    g_assert_no_error (error);
    /* What this daemon does not have. */
    g_assert_false (vf_client_drop_pairing (client, UUID, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/client/no-daemon", Fixture, NULL, set_up_bus, test_no_daemon, tear_down);
    g_test_add ("/client/gpus", Fixture, NULL, set_up, test_gpus, tear_down);
    g_test_add ("/client/plan", Fixture, NULL, set_up, test_plan, tear_down);
    g_test_add ("/client/switch", Fixture, NULL, set_up, test_switch, tear_down);
    g_test_add ("/client/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
    g_test_add ("/client/unplugged", Fixture, NULL, set_up, test_unplugged, tear_down);
    g_test_add ("/client/pairing", Fixture, NULL, set_up, test_pairing, tear_down);
    return g_test_run ();
}
