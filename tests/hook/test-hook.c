/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real hook, called as libvirt calls it, against a daemon that only records what it is asked.
 * The first argument is the program. */
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-dbus.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define MARK \
    "<metadata><v:gpu xmlns:v='https://virtflow.org/xmlns/libvirt/domain/1.0' " \
    "profile='monitor'/></metadata>"
#define HOSTDEV(managed, slot, function) \
    "<hostdev mode='subsystem' type='pci' managed='" managed "'><source><address domain='0x0000' " \
    "bus='0x01' slot='" slot "' function='" function "'/></source></hostdev>"
#define DOMAIN(metadata, devices) \
    "<domain type='kvm'><name>win</name><uuid>" UUID "</uuid>" metadata "<devices>" devices \
    "</devices></domain>"

#define ACTIVATED DOMAIN (MARK, HOSTDEV ("no", "0x00", "0x0") HOSTDEV ("no", "0x00", "0x1"))
#define BY_HAND DOMAIN ("", HOSTDEV ("no", "0x00", "0x1"))
#define BY_HAND_MANAGED DOMAIN ("", HOSTDEV ("yes", "0x00", "0x0"))
#define NETWORK_CARD DOMAIN ("", HOSTDEV ("no", "0x02", "0x0"))
#define ORDINARY DOMAIN ("", "<disk type='block'/>")

static const char *hook_path;

typedef struct {
    GTestDBus *bus;
    GDBusConnection *connection;
    GDBusConnection *next; /* of the daemon that follows when the one that is called dies over it */
    VfDbusHook *skeleton;
    GString *calls;      /* a line for each */
    GError *verdict;     /* what the daemon answers; NULL for yes */
    char *root;          /* a machine with a GPU at 0000:01:00 and a network card at 0000:01:02.0 */
    const char *address; /* that the hook is told */
    const char *vm;      /* its name */
    GSubprocess *process; /* the last one */
    char *out;
    char *err;
} Fixture;

static void
die (Fixture *fixture)
{
    g_assert_true (g_dbus_connection_close_sync (fixture->connection, NULL, NULL));
    g_object_unref (fixture->connection);
    fixture->connection = g_steal_pointer (&fixture->next);
}

static gboolean
answer (Fixture *fixture, GDBusMethodInvocation *invocation)
{
    if (fixture->next != NULL)
        die (fixture);
    else if (fixture->verdict != NULL)
        vf_bus_error_return (invocation, fixture->verdict);
    else
        g_dbus_method_invocation_return_value (invocation, NULL);
    return TRUE;
}

static gboolean
on_prepare (VfDbusHook *skeleton,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            const char *name,
            gboolean marked,
            GVariant *hostdevs,
            Fixture *fixture)
{
    g_autofree char *list = g_variant_print (hostdevs, FALSE);

    g_string_append_printf (fixture->calls, "Prepare %s %s %s %s\n", uuid, name,
                            marked ? "marked" : "plain", list);
    return answer (fixture, invocation);
}

static gboolean
on_notice (VfDbusHook *skeleton,
           GDBusMethodInvocation *invocation,
           const char *uuid,
           Fixture *fixture)
{
    g_string_append_printf (fixture->calls, "%s %s\n",
                            g_dbus_method_invocation_get_method_name (invocation), uuid);
    return answer (fixture, invocation);
}

static void
add_function (Fixture *fixture, const char *address, const char *class_code)
{
    g_autofree char *folder =
        g_build_filename (fixture->root, "sys/bus/pci/devices", address, NULL);
    g_autofree char *file = g_build_filename (folder, "class", NULL);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
    g_assert_true (g_file_set_contents (file, class_code, -1, NULL));
}

static GDBusConnection *
connect_to (const char *address)
{
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);

    g_assert_nonnull (connection);
    return connection;
}

static void
serve (Fixture *fixture, GDBusConnection *connection)
{
    g_assert_true (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->skeleton),
                                                     connection, VF_BUS_HOST_PATH, NULL));
}

/* Behind whoever has the name. */
static void
claim_name (GDBusConnection *connection)
{
    g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
        connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new ("(su)", VF_BUS_NAME, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
        NULL, NULL);

    g_assert_nonnull (reply);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (fixture->bus);
    fixture->address = g_test_dbus_get_bus_address (fixture->bus);
    fixture->vm = "win";
    fixture->connection = connect_to (fixture->address);
    fixture->calls = g_string_new (NULL);
    fixture->skeleton = vf_dbus_hook_skeleton_new ();
    g_signal_connect (fixture->skeleton, "handle-prepare", G_CALLBACK (on_prepare), fixture);
    g_signal_connect (fixture->skeleton, "handle-started", G_CALLBACK (on_notice), fixture);
    g_signal_connect (fixture->skeleton, "handle-stopped", G_CALLBACK (on_notice), fixture);
    g_signal_connect (fixture->skeleton, "handle-release", G_CALLBACK (on_notice), fixture);
    serve (fixture, fixture->connection);
    fixture->root = g_dir_make_tmp ("virtflow-hook-XXXXXX", NULL);
    add_function (fixture, "0000:01:00.0", "0x030000\n");
    add_function (fixture, "0000:01:00.1", "0x040300\n");
    add_function (fixture, "0000:01:02.0", "0x020000\n");
}

static void
set_up_with_daemon (Fixture *fixture, gconstpointer data)
{
    set_up (fixture, data);
    claim_name (fixture->connection);
}

static void
remove_function (Fixture *fixture, const char *address)
{
    g_autofree char *folder =
        g_build_filename (fixture->root, "sys/bus/pci/devices", address, NULL);
    g_autofree char *file = g_build_filename (folder, "class", NULL);

    g_remove (file);
    g_remove (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    static const char *const folders[] = { "sys/bus/pci/devices", "sys/bus/pci", "sys/bus", "sys",
                                           "" };

    remove_function (fixture, "0000:01:00.0");
    remove_function (fixture, "0000:01:00.1");
    remove_function (fixture, "0000:01:02.0");
    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *folder = g_build_filename (fixture->root, folders[i], NULL);

        g_assert_cmpint (g_rmdir (folder), ==, 0);
    }
    g_free (fixture->root);
    g_free (fixture->out);
    g_free (fixture->err);
    g_clear_object (&fixture->process);
    g_clear_error (&fixture->verdict);
    g_string_free (fixture->calls, TRUE);
    g_object_unref (fixture->skeleton);
    g_object_unref (fixture->connection);
    g_test_dbus_down (fixture->bus);
    g_object_unref (fixture->bus);
}

static void
on_end (GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Calls the hook with @text on its standard input and returns its exit status. Answers the hook's
 * calls meanwhile. */
static int
hook (Fixture *fixture, const char *operation, const char *phase, const char *text)
{
    g_autoptr (GSubprocessLauncher) launcher = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_clear_object (&fixture->process);
    g_clear_pointer (&fixture->out, g_free);
    g_clear_pointer (&fixture->err, g_free);
    fixture->process = g_subprocess_launcher_spawn (launcher, &error, hook_path, "--bus",
                                                    fixture->address, "--root", fixture->root,
                                                    fixture->vm, operation, phase, "-", NULL);
    g_assert_no_error (error);
    g_subprocess_communicate_utf8_async (fixture->process, text, NULL, on_end, &result);
    while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
    /* A hook that does not read its input is free to break the pipe. */
    if (!g_subprocess_communicate_utf8_finish (fixture->process, result, &fixture->out,
                                               &fixture->err, &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
    g_subprocess_wait (fixture->process, NULL, NULL);
    g_assert_true (g_subprocess_get_if_exited (fixture->process));
    g_assert_true (fixture->out == NULL || *fixture->out == '\0');
    return g_subprocess_get_exit_status (fixture->process);
}

static void
assert_silent (Fixture *fixture)
{
    g_assert_cmpstr (fixture->err, ==, "");
}

static void
assert_said (Fixture *fixture, const char *words)
{
    g_test_message ("%s", fixture->err);
    g_assert_nonnull (strstr (fixture->err, words));
    g_assert_true (g_str_has_prefix (fixture->err, "VirtFlow: "));
    g_assert_true (g_str_has_suffix (fixture->err, "\n"));
}

static void
test_life_of_a_vm (Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint (hook (fixture, "prepare", "begin", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "start", "begin", ACTIVATED), ==, 0);
    g_assert_cmpint (hook (fixture, "started", "begin", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "stopped", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "release", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpstr (fixture->calls->str, ==,
                     "Prepare " UUID
                     " win marked [('0000:01:00.0', false), ('0000:01:00.1', false)]\n"
                     "Started " UUID "\n"
                     "Stopped " UUID "\n"
                     "Release " UUID "\n");
}

static void
test_unmarked (Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint (hook (fixture, "prepare", "begin", BY_HAND_MANAGED), ==, 0);
    g_assert_cmpint (hook (fixture, "prepare", "begin", DOMAIN (MARK, "")), ==, 0);
    g_assert_cmpstr (fixture->calls->str, ==,
                     "Prepare " UUID " win plain [('0000:01:00.0', true)]\n"
                     "Prepare " UUID " win marked []\n");
}

static void
test_foreign_operations (Fixture *fixture, gconstpointer data)
{
    static const char *const operations[][2] = {
        { "start", "begin" },
        { "reconnect", "begin" },
        { "attach", "begin" },
        { "migrate", "begin" },
        { "restore", "begin" },
        { "prepare", "end" },
        { "started", "end" },
        { "stopped", "begin" },
        { "release", "begin" },
        { "of-a-newer", "begin" },
        { "", "" },
    };

    fixture->verdict = vf_error_new (VF_REASON_INTERNAL, "Never asked.");
    for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
        g_assert_cmpint (hook (fixture, operations[i][0], operations[i][1], ACTIVATED), ==, 0);
        g_assert_true (fixture->err == NULL || *fixture->err == '\0');
    }
    g_assert_cmpstr (fixture->calls->str, ==, "");
}

static void
test_ordinary_vm (Fixture *fixture, gconstpointer data)
{
    static const char *const operations[][2] = {
        { "prepare", "begin" },
        { "started", "begin" },
        { "stopped", "end" },
        { "release", "end" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
        g_assert_cmpint (hook (fixture, operations[i][0], operations[i][1], ORDINARY), ==, 0);
        assert_silent (fixture);
    }
    g_assert_cmpstr (fixture->calls->str, ==, "");
}

static void
test_refusal (Fixture *fixture, gconstpointer data)
{
    fixture->verdict =
        vf_error_new (VF_REASON_CLAIMED_BY_VM, "The GPU is taken by \"game\".\nAnd \033[1mheld.");
    g_assert_cmpint (hook (fixture, "prepare", "begin", ACTIVATED), ==, 1);
    assert_said (fixture, "The GPU is taken by \"game\".\nVirtFlow: And ");
    g_assert_null (strchr (fixture->err, '\033'));
    /* The daemon's word counts for every VM that it was asked about. */
    g_assert_cmpint (hook (fixture, "prepare", "begin", BY_HAND_MANAGED), ==, 1);
}

static void
test_only_prepare_fails (Fixture *fixture, gconstpointer data)
{
    fixture->verdict = vf_error_new (VF_REASON_UNDO_FAILED, "Not all of it.");
    g_assert_cmpint (hook (fixture, "started", "begin", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "stopped", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "release", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
}

static void
check_unreachable (Fixture *fixture)
{
    g_assert_cmpint (hook (fixture, "prepare", "begin", ACTIVATED), ==, 1);
    assert_said (fixture, "activated for a GPU");
    g_assert_cmpint (hook (fixture, "prepare", "begin", DOMAIN (MARK, "")), ==, 1);
    g_assert_cmpint (hook (fixture, "prepare", "begin", BY_HAND), ==, 1);
    assert_said (fixture, "0000:01:00.1");
    g_assert_cmpint (hook (fixture, "prepare", "begin", BY_HAND_MANAGED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "prepare", "begin", NETWORK_CARD), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "stopped", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpint (hook (fixture, "release", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
}

static void
test_no_daemon (Fixture *fixture, gconstpointer data)
{
    check_unreachable (fixture);
}

static void
test_no_bus (Fixture *fixture, gconstpointer data)
{
    fixture->address = "unix:path=/nonexistent/bus";
    check_unreachable (fixture);
}

/* What the daemon says about itself is no word on the VM. */
static void
test_broken_daemon (Fixture *fixture, gconstpointer data)
{
    fixture->verdict = vf_error_new (VF_REASON_INTERNAL, "A defect.");
    check_unreachable (fixture);
}

static void
add_next_daemon (Fixture *fixture)
{
    fixture->next = connect_to (fixture->address);
    serve (fixture, fixture->next);
    claim_name (fixture->next);
}

/* What happens once is told to the next daemon as well; a start can be tried again by its user. */
static void
test_daemon_dies (Fixture *fixture, gconstpointer data)
{
    add_next_daemon (fixture);
    g_assert_cmpint (hook (fixture, "stopped", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    add_next_daemon (fixture);
    g_assert_cmpint (hook (fixture, "release", "end", ACTIVATED), ==, 0);
    assert_silent (fixture);
    g_assert_cmpstr (fixture->calls->str, ==,
                     "Stopped " UUID "\nStopped " UUID "\n"
                     "Release " UUID "\nRelease " UUID "\n");
    g_string_truncate (fixture->calls, 0);
    add_next_daemon (fixture);
    g_assert_cmpint (hook (fixture, "prepare", "begin", DOMAIN (MARK, "")), ==, 1);
    assert_said (fixture, "did not answer");
    g_assert_cmpstr (fixture->calls->str, ==, "Prepare " UUID " win marked []\n");
}

static void
test_hostile_text (Fixture *fixture, gconstpointer data)
{
    static const char *const suspicious[] = {
        "<domain><hostdev",
        "<!DOCTYPE d [<!ENTITY a \"x\">]><domain><uuid>" UUID
        "</uuid><devices><hostdev/></devices>&a;</domain>",
        "<domain xmlns:v='https://virtflow.org/xmlns/libvirt/domain/1.0'>",
    };
    g_autofree char *padding = g_strnfill (2 * 1024 * 1024, ' ');
    g_autofree char *long_gpu = g_strconcat (ACTIVATED, padding, NULL);
    g_autofree char *long_plain = g_strconcat (ORDINARY, padding, NULL);
    g_autofree char *far_gpu = g_strconcat (padding, ACTIVATED, NULL);
    g_autofree char *far_by_hand = g_strconcat (padding, BY_HAND, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (suspicious); i++) {
        g_assert_cmpint (hook (fixture, "prepare", "begin", suspicious[i]), ==, 1);
        assert_said (fixture, "cannot be read");
        g_assert_cmpint (hook (fixture, "release", "end", suspicious[i]), ==, 0);
        assert_silent (fixture);
    }
    g_assert_cmpint (hook (fixture, "prepare", "begin", long_gpu), ==, 1);
    g_assert_cmpint (hook (fixture, "prepare", "begin", long_plain), ==, 0);
    g_assert_cmpint (hook (fixture, "prepare", "begin", far_gpu), ==, 1);
    g_assert_cmpint (hook (fixture, "prepare", "begin", far_by_hand), ==, 1);
    assert_said (fixture, "cannot be read");
    g_assert_cmpint (hook (fixture, "release", "end", far_gpu), ==, 0);
    g_assert_cmpint (hook (fixture, "prepare", "begin", ""), ==, 0);
    g_assert_cmpint (hook (fixture, "prepare", "begin", "<domain"), ==, 0);
    g_assert_cmpstr (fixture->calls->str, ==, "");
}

/* A word that the limit of what is parsed cuts in two, at each of its letters. */
static void
test_cut_word (Fixture *fixture, gconstpointer data)
{
    for (gsize before = 0; before <= strlen ("<hostdev"); before++) {
        g_autofree char *padding = g_strnfill (1024 * 1024 + 1 - before, ' ');
        g_autofree char *text = g_strconcat (padding, "<hostdev/>", NULL);

        g_assert_cmpint (hook (fixture, "prepare", "begin", text), ==, 1);
    }
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *incoming, GObject *source, gpointer data)
{
    GSocketConnection **connection = data;

    *connection = g_object_ref (incoming);
    return TRUE;
}

/* A bus that takes the connection and says nothing: the hook ends at its deadline, which is a
 * signal, and its sentence has a reason that a program can read. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename (fixture->root, "bus", NULL);
    g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
    g_autoptr (GSocketAddress) place = g_unix_socket_address_new (path);
    g_autoptr (GSocketService) service = g_socket_service_new ();
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GSubprocess) process = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *err = NULL;

    g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (service), place,
                                                  G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                                  NULL, NULL, NULL));
    g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), &connection);
    process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                NULL, hook_path, "--bus", address, "--root", fixture->root, "win",
                                "prepare", "begin", "-", NULL);
    g_subprocess_communicate_utf8_async (process, ACTIVATED, NULL, on_end, &result);
    while (connection == NULL)
        g_main_context_iteration (NULL, TRUE);
    g_subprocess_send_signal (process, SIGALRM);
    while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (g_subprocess_communicate_utf8_finish (process, result, NULL, &err, NULL));
    g_subprocess_wait (process, NULL, NULL);
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
    g_test_message ("%s", err);
    g_assert_true (g_str_has_prefix (err, "VirtFlow: The VM \"win\" was activated"));
    g_assert_true (g_str_has_suffix (err, "whether it may start. [no-daemon]\n"));
    g_assert_cmpint (g_remove (path), ==, 0);
}

static void
close_descriptors (gpointer data)
{
    close (0);
    close (1);
    close (2);
}

static int
spawn_bare (const char *const *arguments)
{
    int status;

    g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN,
                                 close_descriptors, NULL, NULL, NULL, &status, NULL));
    return status;
}

static void
test_odd_calls (Fixture *fixture, gconstpointer data)
{
    const char *none[] = { hook_path, NULL };
    const char *one[] = { hook_path, "win", NULL };
    const char *two[] = { hook_path, "win", "prepare", NULL };
    const char *closed[] = { hook_path, "--bus", fixture->address, "win", "prepare", "begin",
                             "-",       NULL };

    g_assert_cmpint (spawn_bare (none), ==, 0);
    g_assert_cmpint (spawn_bare (one), ==, 0);
    g_assert_cmpint (spawn_bare (two), ==, 0);
    g_assert_cmpint (spawn_bare (closed), ==, 0);
}

/* libvirt passes four arguments, whatever the VM is called. */
static void
test_name_like_an_option (Fixture *fixture, gconstpointer data)
{
    fixture->vm = "--bus";
    g_assert_cmpint (hook (fixture, "release", "end", ACTIVATED), ==, 0);
    g_assert_cmpstr (fixture->calls->str, ==, "Release " UUID "\n");
}

/* No environment variable leads the hook to another bus. */
static void
test_environment (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr (GSubprocess) process = NULL;
    g_autoptr (GAsyncResult) result = NULL;

    g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS", fixture->address, TRUE);
    process = g_subprocess_launcher_spawn (launcher, NULL, hook_path, fixture->vm, "release", "end",
                                           "-", NULL);
    g_subprocess_communicate_utf8_async (process, ACTIVATED, NULL, on_end, &result);
    while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (g_subprocess_get_successful (process));
    g_assert_cmpstr (fixture->calls->str, ==, "");
}

static void
add (const char *path,
     void (*up) (Fixture *, gconstpointer),
     void (*test) (Fixture *, gconstpointer))
{
    g_test_add (path, Fixture, NULL, up, test, tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    hook_path = argv[1];
    add ("/hook/life-of-a-vm", set_up_with_daemon, test_life_of_a_vm);
    add ("/hook/unmarked", set_up_with_daemon, test_unmarked);
    add ("/hook/foreign-operations", set_up_with_daemon, test_foreign_operations);
    add ("/hook/ordinary-vm", set_up_with_daemon, test_ordinary_vm);
    add ("/hook/refusal", set_up_with_daemon, test_refusal);
    add ("/hook/only-prepare-fails", set_up_with_daemon, test_only_prepare_fails);
    add ("/hook/no-daemon", set_up, test_no_daemon);
    add ("/hook/no-bus", set_up, test_no_bus);
    add ("/hook/broken-daemon", set_up_with_daemon, test_broken_daemon);
    add ("/hook/daemon-dies", set_up_with_daemon, test_daemon_dies);
    add ("/hook/hostile-text", set_up_with_daemon, test_hostile_text);
    add ("/hook/cut-word", set_up_with_daemon, test_cut_word);
    add ("/hook/late", set_up, test_late);
    add ("/hook/odd-calls", set_up_with_daemon, test_odd_calls);
    add ("/hook/name-like-an-option", set_up_with_daemon, test_name_like_an_option);
    add ("/hook/environment", set_up_with_daemon, test_environment);
    return g_test_run ();
}
