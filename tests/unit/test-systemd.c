/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests how systemd is asked, on a bus of its own, with a manager that does what the real one was
 * seen to do. (The lab asks the real one: tests/lab/scenarios/nvidia-services.sh.) */
#include "vf-error.h"
#include "vfs-systemd.h"

#include <gio/gio.h>
#include <string.h>

#define PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"

/* Of a job that does not end, in milliseconds; the others have far longer than they need. */
#define SHORT 200
#define LONG 20000

typedef enum {
    OBEYS,
    FAILS,    /* the job ends with "failed" */
    STUBBORN, /* the job does not end */
    BRIEF,    /* starts, and is gone at once */
    MASKED,
} Manner;

typedef struct {
    const char *name;
    const char *state;
    Manner manner;
    const char *job; /* that waits, "start" or "stop"; NULL: none */
} Unit;

/* A manager in a thread of its own: who asks it blocks. */
typedef struct {
    Unit *units; /* ends with one without a name */
    GString *log;
    GDBusConnection *bus;
    GMainContext *context;
    GMainLoop *loop;
    guint jobs;
} Manager;

static Unit *
find_unit (const Manager *manager, const char *name)
{
    for (Unit *unit = manager->units; unit->name != NULL; unit++)
        if (g_str_equal (unit->name, name))
            return unit;
    return NULL;
}

static GVariant *
get_state (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *property,
           GError **error,
           gpointer data)
{
    const Unit *unit = data;

    if (g_str_equal (property, "JobType"))
        return g_variant_new_string (unit->job);
    if (g_str_equal (property, "Job"))
        return g_variant_new ("(uo)", unit->job != NULL ? 1 : 0, unit->job != NULL ? path : "/");
    return g_variant_new_string (unit->state);
}

static void
change (Manager *manager, Unit *unit, gboolean start, GDBusMethodInvocation *invocation)
{
    g_autofree char *job = g_strdup_printf (PATH "/job/%u", ++manager->jobs);

    if (unit->manner == MASKED && start) {
        g_dbus_method_invocation_return_dbus_error (
            invocation, "org.freedesktop.systemd1.UnitMasked", "It is masked.");
        return;
    }
    g_string_append_printf (manager->log, "%c%s ", start ? '+' : '-', unit->name);
    if (unit->manner == OBEYS)
        unit->state = start ? "active" : "inactive";
    /* The real one may say that the job has ended before it says that it was made. */
    if (unit->manner != STUBBORN)
        g_dbus_connection_emit_signal (manager->bus, NULL, PATH, MANAGER, "JobRemoved",
                                       g_variant_new ("(uoss)", manager->jobs, job, unit->name,
                                                      unit->manner == FAILS ? "failed" : "done"),
                                       NULL);
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", job));
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
    Manager *manager = data;
    const char *name = NULL;
    Unit *unit;

    if (g_str_equal (method, "Subscribe")) {
        g_dbus_method_invocation_return_value (invocation, NULL);
        return;
    }
    g_variant_get_child (arguments, 0, "&s", &name);
    unit = find_unit (manager, name);
    if (unit == NULL) {
        g_dbus_method_invocation_return_dbus_error (
            invocation, "org.freedesktop.systemd1.NoSuchUnit", "It is not there.");
    } else if (g_str_equal (method, "GetUnit")) {
        g_autofree char *unit_path =
            g_strdup_printf (PATH "/unit/u%u", (guint) (unit - manager->units));

        g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", unit_path));
    } else if (g_str_equal (method, "ResetFailedUnit")) {
        g_string_append (manager->log, "reset ");
        g_dbus_method_invocation_return_value (invocation, NULL);
    } else {
        change (manager, unit, g_str_equal (method, "StartUnit"), invocation);
    }
}

static void
register_objects (Manager *manager)
{
    static const GDBusInterfaceVTable of_manager = { .method_call = on_call };
    static const GDBusInterfaceVTable of_unit = { .get_property = get_state };
    g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.systemd1.Manager'>"
        "<method name='Subscribe'/>"
        "<method name='GetUnit'><arg type='s' direction='in'/><arg type='o' direction='out'/>"
        "</method>"
        "<method name='ResetFailedUnit'><arg type='s' direction='in'/></method>"
        "<method name='StopUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='o' direction='out'/></method>"
        "<method name='StartUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='o' direction='out'/></method>"
        "<signal name='JobRemoved'><arg type='u'/><arg type='o'/><arg type='s'/><arg type='s'/>"
        "</signal></interface>"
        "<interface name='org.freedesktop.systemd1.Unit'>"
        "<property name='ActiveState' type='s' access='read'/>"
        "<property name='Job' type='(uo)' access='read'/></interface>"
        "<interface name='org.freedesktop.systemd1.Job'>"
        "<property name='JobType' type='s' access='read'/></interface></node>",
        NULL);

    g_dbus_connection_register_object (manager->bus, PATH, info->interfaces[0], &of_manager,
                                       manager, NULL, NULL);
    for (Unit *unit = manager->units; unit->name != NULL; unit++) {
        g_autofree char *path = g_strdup_printf (PATH "/unit/u%u", (guint) (unit - manager->units));

        for (int i = 1; i <= 2; i++) /* its job is at the same path */
            g_dbus_connection_register_object (manager->bus, path, info->interfaces[i], &of_unit,
                                               unit, NULL, NULL);
    }
}

static gpointer
manage (gpointer data)
{
    Manager *manager = data;

    g_main_context_push_thread_default (manager->context);
    register_objects (manager);
    g_bus_own_name_on_connection (manager->bus, "org.freedesktop.systemd1", 0, NULL, NULL, NULL,
                                  NULL);
    g_main_loop_run (manager->loop);
    g_main_context_pop_thread_default (manager->context);
    return NULL;
}

static GTestDBus *bus;

static GDBusConnection *
connect (void)
{
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        g_test_dbus_get_bus_address (bus),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);

    g_assert_nonnull (connection);
    return connection;
}

/* What is done to each unit, and what comes of it. */
static const struct {
    const char *name;
    Manner manner;
    const char *state;
    gboolean starts; /* else it is stopped */
    guint deadline;
    gboolean succeeds;
    const char *log, *says; /* what the manager was told; what the error says */
    const char *job;        /* that waits */
} cases[] = {
    { "stop", OBEYS, "active", FALSE, LONG, TRUE, "-a.service ", NULL },
    { "stop-activating", OBEYS, "activating", FALSE, LONG, TRUE, "-a.service ", NULL },
    { "stop-restarting", OBEYS, "deactivating", FALSE, LONG, TRUE, "-a.service ", NULL, "start" },
    { "start-stopping", OBEYS, "deactivating", TRUE, LONG, TRUE, "reset +a.service ", NULL,
      "stop" },
    { "start-ending", OBEYS, "deactivating", TRUE, LONG, TRUE, "reset +a.service ", NULL, NULL },
    { "stop-fails", FAILS, "active", FALSE, LONG, FALSE, "-a.service ", "could not be stopped: f" },
    { "stop-hangs", STUBBORN, "active", FALSE, SHORT, FALSE, "-a.service ", "it took too long" },
    { "start", OBEYS, "inactive", TRUE, LONG, TRUE, "reset +a.service ", NULL },
    { "start-failed-before", OBEYS, "failed", TRUE, LONG, TRUE, "reset +a.service ", NULL },
    { "start-fails", FAILS, "inactive", TRUE, LONG, FALSE, "reset +a.service ", "again: failed" },
    { "start-hangs", STUBBORN, "inactive", TRUE, SHORT, TRUE, "reset +a.service ", NULL },
    { "start-ends", BRIEF, "inactive", TRUE, LONG, FALSE, "reset +a.service ", "it ended again" },
    { "start-masked", MASKED, "inactive", TRUE, LONG, TRUE, "reset ", NULL },
};

static void
ask (VfsSystemd *systemd, gsize i)
{
    g_autoptr (GError) error = NULL;
    gboolean ran = !cases[i].starts;
    gboolean well;

    g_assert_cmpint (vfs_systemd_runs ("a.service", systemd), ==, ran);
    g_assert_false (vfs_systemd_runs ("b.service", systemd));
    well = cases[i].starts ? vfs_systemd_start ("a.service", systemd, &error)
                           : vfs_systemd_stop ("a.service", systemd, &error);
    g_assert_cmpint (well, ==, cases[i].succeeds);
    if (cases[i].says != NULL) {
        g_assert_true (vf_error_is (error, VF_REASON_SERVICE_FAILED));
        g_assert_nonnull (strstr (error->message, cases[i].says));
    }
    if (cases[i].manner == OBEYS)
        g_assert_cmpint (vfs_systemd_runs ("a.service", systemd), ==, !ran);
    /* One that was uninstalled meanwhile. */
    g_assert_true (vfs_systemd_start ("b.service", systemd, NULL));
}

static void
test_case (gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE (data);
    Unit units[] = { { "a.service", cases[i].state, cases[i].manner, cases[i].job }, { NULL } };
    Manager manager = { .units = units, .log = g_string_new (NULL), .bus = connect () };
    g_autoptr (VfsSystemd) systemd = NULL;
    GThread *thread;

    manager.context = g_main_context_new ();
    manager.loop = g_main_loop_new (manager.context, FALSE);
    systemd = vfs_systemd_new (g_test_dbus_get_bus_address (bus), cases[i].deadline);
    g_assert_false (vfs_systemd_runs ("a.service", systemd)); /* nobody manages it yet */
    thread = g_thread_new ("systemd", manage, &manager);
    while (!cases[i].starts && !vfs_systemd_runs ("a.service", systemd))
        g_usleep (1000);
    while (cases[i].starts && !vfs_systemd_start ("b.service", systemd, NULL))
        g_usleep (1000);
    ask (systemd, i);
    g_main_loop_quit (manager.loop);
    g_thread_join (thread);
    g_assert_cmpstr (manager.log->str, ==, cases[i].log);
    g_dbus_connection_close_sync (manager.bus, NULL, NULL);
    g_object_unref (manager.bus);
    g_main_loop_unref (manager.loop);
    g_main_context_unref (manager.context);
    g_string_free (manager.log, TRUE);
}

/* Neither a bus nor a manager: nothing runs, and what ran before cannot be started. */
static void
test_nobody (void)
{
    static const char *const addresses[] = { "unix:path=/nonexistent/bus", NULL };

    for (int i = 0; i < 2; i++) {
        const char *address = i == 0 ? addresses[0] : g_test_dbus_get_bus_address (bus);
        g_autoptr (VfsSystemd) systemd = vfs_systemd_new (address, LONG);
        g_autoptr (GError) error = NULL;

        g_assert_false (vfs_systemd_runs ("a.service", systemd));
        g_assert_false (vfs_systemd_start ("a.service", systemd, &error));
        g_assert_true (vf_error_is (error, VF_REASON_SERVICE_FAILED));
    }
}

int
main (int argc, char **argv)
{
    int status;

    g_test_init (&argc, &argv, NULL);
    bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (bus);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/systemd/", cases[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
    g_test_add_func ("/systemd/nobody", test_nobody);
    status = g_test_run ();
    g_test_dbus_down (bus);
    g_object_unref (bus);
    return status;
}
