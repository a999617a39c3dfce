/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli-stage MACHINE PROGRAMS COMMAND...: runs COMMAND beside the real daemon on a fake machine and
 * a bus of their own. COMMAND finds the bus in BUS and the machine's folder in TREE. PROGRAMS is
 * the folder of the programs for fake machines. polkit is played by this program and says yes. As
 * long as there is a file TREE/hold nothing that the worker is asked for is answered; TREE/held is
 * there when that counts. */
#include "fake-daemon.h"
#include "fake-polkit.h"

#include <stdlib.h>
#include <unistd.h>

#define LOOK_MILLISECONDS 2

static void
on_command_ended (GObject *process, GAsyncResult *result, gpointer data)
{
    g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
    g_main_loop_quit (data);
}

static gboolean
is_there (FakeDaemon *daemon, const char *name)
{
    g_autofree char *path = g_build_filename (fake_daemon_host (daemon)->folder, name, NULL);

    return access (path, F_OK) == 0;
}

/* Looks again and again, which is good enough for a moment. */
static gboolean
look_for_hold (gpointer data)
{
    FakeDaemon *daemon = data;
    g_autofree char *held = g_build_filename (fake_daemon_host (daemon)->folder, "held", NULL);
    gboolean hold = is_there (daemon, "hold");

    if (hold == is_there (daemon, "held"))
        return G_SOURCE_CONTINUE;
    if (hold)
        fake_daemon_hold (daemon, "worker");
    else
        fake_daemon_let_go (daemon, "worker");
    if (hold)
        g_file_set_contents (held, "", 0, NULL);
    else
        unlink (held);
    return G_SOURCE_CONTINUE;
}

static int
run (FakeDaemon *daemon, char **command)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
    g_autoptr (GSubprocess) process = NULL;
    GError *error = NULL;

    g_subprocess_launcher_setenv (launcher, "BUS", fake_daemon_bus (daemon), TRUE);
    g_subprocess_launcher_setenv (launcher, "TREE", fake_daemon_host (daemon)->folder, TRUE);
    process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
    g_assert_no_error (error);
    g_subprocess_wait_async (process, NULL, on_command_ended, loop);
    g_timeout_add (LOOK_MILLISECONDS, look_for_hold, daemon);
    g_main_loop_run (loop);
    return g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process)
                                                : EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
    g_autoptr (GDBusConnection) polkit = NULL;
    FakeDaemon *daemon;
    int status;

    g_assert (argc > 3);
    daemon = fake_daemon_new (argv[1], argv[2], NULL);
    polkit = fake_polkit_play (fake_daemon_bus (daemon));
    fake_daemon_start (daemon);
    status = run (daemon, argv + 3);
    g_clear_object (&polkit);
    fake_daemon_free (daemon);
    return status;
}
