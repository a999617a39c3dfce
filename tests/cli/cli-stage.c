/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli-stage MACHINE PROGRAMS COMMAND...: runs COMMAND beside the real daemon on a fake machine and
 * a bus of their own. COMMAND finds the bus in BUS and the machine's folder in TREE. PROGRAMS is
 * the folder of the helpers for fake machines. polkit is played by this program and says yes. As
 * long as there is a file TREE/hold nothing is asked of the worker. */
#include "fake-host.h"
#include "fake-polkit.h"
#include "fake-tree.h"
#include "vfd-life.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

typedef struct {
    FakeHost *host;
    const char *machine;
    const char *programs;
    char *folder; /* of the daemon's state and the helpers' sockets */
    GTestDBus *bus;
    GMainLoop *loop;
    int status;
} Stage;

/* A helper that begins to listen. */
typedef struct {
    Stage *stage;
    GSocket *socket;
    const char *name;
} Helper;

/* Looks again and again, which is good enough for a moment. */
static gboolean
is_held (const Helper *helper)
{
    g_autofree char *hold = g_build_filename (helper->stage->host->folder, "hold", NULL);

    if (strcmp (helper->name, "worker") != 0 || access (hold, F_OK) != 0)
        return FALSE;
    g_usleep (5000);
    return TRUE;
}

static gboolean
on_connection (GSocket *socket, GIOCondition condition, gpointer data)
{
    const Helper *helper = data;
    g_autofree char *name = g_strdup_printf ("virtflow-%s-fake", helper->name);
    g_autofree char *program = g_build_filename (helper->stage->programs, name, NULL);
    g_autoptr (GSocket) connection = NULL;
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    g_autoptr (GSubprocess) process = NULL;
    g_autoptr (GError) error = NULL;
    const char *machine = strcmp (helper->name, "probe") == 0 ? NULL : helper->stage->machine;

    if (is_held (helper))
        return G_SOURCE_CONTINUE;
    connection = g_socket_accept (socket, NULL, NULL);
    /* GLib's sockets never block; the helpers wait for a packet. */
    g_unix_set_fd_nonblocking (g_socket_get_fd (connection), FALSE, NULL);
    g_subprocess_launcher_take_stdin_fd (launcher, dup (g_socket_get_fd (connection)));
    g_subprocess_launcher_take_stdout_fd (launcher, dup (g_socket_get_fd (connection)));
    process = g_subprocess_launcher_spawn (launcher, &error, program, helper->stage->host->folder,
                                           machine, NULL);
    g_assert_no_error (error);
    return G_SOURCE_CONTINUE;
}

static void
listen_for (Stage *stage, const char *name)
{
    g_autofree char *path = g_build_filename (stage->folder, name, NULL);
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    Helper *helper = g_new0 (Helper, 1);
    GSource *source;
    GError *error = NULL;

    helper->stage = stage;
    helper->name = name;
    helper->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_SEQPACKET, 0, &error);
    g_assert_no_error (error);
    g_socket_bind (helper->socket, address, FALSE, &error);
    g_assert_no_error (error);
    g_socket_listen (helper->socket, &error);
    g_assert_no_error (error);
    source = g_socket_create_source (helper->socket, G_IO_IN, NULL);
    g_source_set_callback (source, G_SOURCE_FUNC (on_connection), helper, NULL);
    g_source_attach (source, NULL);
    g_source_unref (source);
}

/* In a process of its own, which ends with this one. */
static pid_t
start_daemon (const Stage *stage)
{
    pid_t pid = fork ();
    VfdSetup setup = {
        .helpers = stage->folder,
        .run = stage->folder,
        .state = stage->folder,
        .config = "/nonexistent",
        .bus = g_test_dbus_get_bus_address (stage->bus),
    };

    if (pid != 0)
        return pid;
    prctl (PR_SET_PDEATHSIG, SIGTERM);
    setup.root_fd = fake_tree_open (stage->host->folder);
    _exit (vfd_life_run (&setup));
}

static void
on_command_ended (GObject *process, GAsyncResult *result, gpointer data)
{
    Stage *stage = data;

    g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
    stage->status = g_subprocess_get_if_exited (G_SUBPROCESS (process))
                        ? g_subprocess_get_exit_status (G_SUBPROCESS (process))
                        : EXIT_FAILURE;
    g_main_loop_quit (stage->loop);
}

static void
on_daemon (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
    Stage *stage = data;
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    char **command = g_object_get_data (G_OBJECT (connection), "command");
    g_autoptr (GSubprocess) process = NULL;
    GError *error = NULL;

    g_subprocess_launcher_setenv (launcher, "BUS", g_test_dbus_get_bus_address (stage->bus), TRUE);
    g_subprocess_launcher_setenv (launcher, "TREE", stage->host->folder, TRUE);
    process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
    g_assert_no_error (error);
    g_subprocess_wait_async (process, NULL, on_command_ended, stage);
}

int
main (int argc, char **argv)
{
    Stage stage = { 0 };
    g_autoptr (GDBusConnection) connection = NULL;
    pid_t daemon;

    g_assert (argc > 3);
    stage.machine = argv[1];
    stage.programs = argv[2];
    stage.host = fake_host_new (stage.machine);
    stage.folder = fake_tree_new_folder ();
    stage.bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (stage.bus);
    daemon = start_daemon (&stage);
    stage.loop = g_main_loop_new (NULL, FALSE);
    listen_for (&stage, "worker");
    listen_for (&stage, "probe");
    listen_for (&stage, "modules");
    connection = fake_polkit_play (g_test_dbus_get_bus_address (stage.bus));
    g_object_set_data (G_OBJECT (connection), "command", argv + 3);
    g_bus_watch_name_on_connection (connection, "org.virtflow.VirtFlow1",
                                    G_BUS_NAME_WATCHER_FLAGS_NONE, on_daemon, NULL, &stage, NULL);
    g_main_loop_run (stage.loop);
    kill (daemon, SIGTERM);
    g_clear_object (&connection);
    g_test_dbus_down (stage.bus);
    fake_tree_remove (stage.folder);
    fake_host_free (stage.host);
    return stage.status;
}
