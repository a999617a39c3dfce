/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bus policies as they are installed, on a real bus that denies by default as the system bus
 * does: who may call what. The arguments are the daemon's and that of set-up; with more of them the
 * program is a caller. */
#include "vf-bus-names.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOBODY 65534

/* Of a service: its file, who may own its name, and that name. */
typedef struct {
    const char *path;
    const char *owner;
    const char *name;
} Policy;

static char **arguments;
static char *program_path;

typedef struct {
    const Policy *policy;
    char *folder;
    char *address;
    GSubprocess *bus;
    GDBusConnection *daemon;
} Fixture;

static GDBusConnection *
connect_to (const char *address)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    g_assert_no_error (error);
    return connection;
}

/* The policy with the user that runs this test in the place of the owner, who need not exist
 * here. */
static void
write_configuration (const Policy *the, const char *path)
{
    g_autofree char *owner = g_strdup_printf ("\"%s\"", the->owner);
    g_autofree char *policy = NULL;
    g_autoptr (GString) text = NULL;
    g_autofree char *configuration = NULL;
    char *body;

    g_assert_true (g_file_get_contents (the->path, &policy, NULL, NULL));
    text = g_string_new (policy);
    g_assert_cmpuint (g_string_replace (text, owner, "\"#SELF#\"", 1), ==, 1);
    g_string_replace (text, "#SELF#", getpwuid (getuid ())->pw_name, 0);
    body = strstr (text->str, "<busconfig>");
    g_assert_nonnull (body);
    configuration = g_strconcat ("<busconfig><type>system</type><listen>unix:tmpdir=/tmp</listen>"
                                 "<auth>EXTERNAL</auth><policy context='default'>"
                                 "<allow user='*'/><deny own='*'/><deny send_type='method_call'/>"
                                 "<allow send_type='signal'/>"
                                 "<allow send_requested_reply='true' send_type='method_return'/>"
                                 "<allow send_requested_reply='true' send_type='error'/>"
                                 "<allow receive_type='method_call'/>"
                                 "<allow receive_type='method_return'/>"
                                 "<allow receive_type='error'/><allow receive_type='signal'/>"
                                 "<allow send_destination='org.freedesktop.DBus'/></policy>",
                                 body + strlen ("<busconfig>"), NULL);
    g_assert_true (g_file_set_contents (path, configuration, -1, NULL));
}

/* A test that fails must not leave a bus behind. */
static void
end_with_parent (gpointer data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    g_autofree char *configuration = NULL;
    g_autofree char *option = NULL;
    g_autoptr (GSubprocessLauncher) launcher = NULL;
    g_autoptr (GDataInputStream) output = NULL;

    fixture->policy = data;
    fixture->folder = g_dir_make_tmp ("virtflow-bus-XXXXXX", NULL);
    configuration = g_build_filename (fixture->folder, "bus.conf", NULL);
    write_configuration (fixture->policy, configuration);
    option = g_strconcat ("--config-file=", configuration, NULL);
    launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
    fixture->bus = g_subprocess_launcher_spawn (launcher, NULL, "dbus-daemon", option, "--nofork",
                                                "--nopidfile", "--print-address", NULL);
    g_assert_nonnull (fixture->bus);
    output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->bus));
    fixture->address = g_data_input_stream_read_line_utf8 (output, NULL, NULL, NULL);
    g_assert_nonnull (fixture->address);
    fixture->daemon = connect_to (fixture->address);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_autofree char *configuration = g_build_filename (fixture->folder, "bus.conf", NULL);

    g_object_unref (fixture->daemon);
    g_subprocess_force_exit (fixture->bus);
    g_subprocess_wait (fixture->bus, NULL, NULL);
    g_object_unref (fixture->bus);
    g_remove (configuration);
    g_rmdir (fixture->folder);
    g_free (fixture->folder);
    g_free (fixture->address);
}

static gboolean
own (GDBusConnection *connection, const char *name)
{
    g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
        connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new ("(su)", name, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
        NULL);

    return reply != NULL;
}

/* As a process of its own: whether @interface may be called. Nothing is there that would answer, so
 * the bus lets a call through when the error is any other than that access was denied. */
static int
be_caller (const char *address, const char *name, const char *interface, gboolean as_nobody)
{
    g_autoptr (GDBusConnection) connection = NULL;
    g_autoptr (GVariant) reply = NULL;
    g_autoptr (GError) error = NULL;

    if (as_nobody)
        g_assert_cmpint (setuid (NOBODY), ==, 0);
    connection = connect_to (address);
    reply = g_dbus_connection_call_sync (connection, name, VF_BUS_HOST_PATH, interface, "AnyMethod",
                                         NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ? 1 : 0;
}

static void
on_end (GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
may_call (Fixture *fixture, const char *interface, gboolean as_nobody)
{
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GSubprocess) caller = g_subprocess_new (
        G_SUBPROCESS_FLAGS_NONE, NULL, program_path, arguments[1], arguments[2], fixture->address,
        fixture->policy->name, interface, as_nobody ? "nobody" : "self", NULL);

    g_subprocess_wait_async (caller, NULL, on_end, &result);
    while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (g_subprocess_get_if_exited (caller));
    g_assert_cmpint (g_subprocess_get_exit_status (caller), <=, 1);
    return g_subprocess_get_exit_status (caller) == 0;
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
    g_assert_false (own (fixture->daemon, "org.virtflow.VirtFlow2"));
    g_assert_true (own (fixture->daemon, VF_BUS_NAME));
}

static void
test_everybody (Fixture *fixture, gconstpointer data)
{
    static const char *const allowed[] = {
        VF_BUS_HOST_INTERFACE,
        VF_BUS_GPU_INTERFACE,
        "org.freedesktop.DBus.Properties",
        "org.freedesktop.DBus.ObjectManager",
        "org.freedesktop.DBus.Introspectable",
        "org.freedesktop.DBus.Peer",
    };
    gboolean drop = getuid () == 0;

    g_assert_true (own (fixture->daemon, VF_BUS_NAME));
    for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++) {
        g_test_message ("%s", allowed[i]);
        g_assert_true (may_call (fixture, allowed[i], drop));
    }
    g_assert_false (may_call (fixture, VF_BUS_HOOK_INTERFACE, drop));
    g_assert_false (may_call (fixture, "org.example.Other", drop));
}

static void
test_root (Fixture *fixture, gconstpointer data)
{
    g_assert_true (own (fixture->daemon, VF_BUS_NAME));
    g_assert_cmpint (may_call (fixture, VF_BUS_HOOK_INTERFACE, FALSE), ==, getuid () == 0);
}

static void
test_setup (Fixture *fixture, gconstpointer data)
{
    gboolean drop = getuid () == 0;

    g_assert_false (own (fixture->daemon, VF_BUS_NAME));
    g_assert_true (own (fixture->daemon, VF_BUS_SETUP_NAME));
    g_assert_true (may_call (fixture, VF_BUS_SETUP_INTERFACE, drop));
    g_assert_true (may_call (fixture, "org.freedesktop.DBus.Introspectable", drop));
    g_assert_false (may_call (fixture, VF_BUS_HOST_INTERFACE, drop));
    g_assert_false (may_call (fixture, "org.example.Other", drop));
}

int
main (int argc, char **argv)
{
    const Policy daemon = { argv[1], "virtflow", VF_BUS_NAME };
    const Policy setup = { argv[2], "root", VF_BUS_SETUP_NAME };

    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (argc, >=, 3);
    if (argc == 7)
        return be_caller (argv[3], argv[4], argv[5], strcmp (argv[6], "nobody") == 0);
    arguments = argv;
    program_path = g_file_read_link ("/proc/self/exe", NULL);
    g_test_add ("/bus-policy/name", Fixture, &daemon, set_up, test_name, tear_down);
    g_test_add ("/bus-policy/everybody", Fixture, &daemon, set_up, test_everybody, tear_down);
    g_test_add ("/bus-policy/root", Fixture, &daemon, set_up, test_root, tear_down);
    g_test_add ("/bus-policy/setup", Fixture, &setup, set_up, test_setup, tear_down);
    return g_test_run ();
}
