/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the process of the bus and its configuration. */
#include "fake-bus.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _FakeBus {
    char *address;
    GSubprocess *process;
};

/* The limits are those of the system bus (/usr/share/dbus-1/system.conf leaves them at what
 * dbus-daemon has built in). */
static const char configuration[] =
    "<busconfig><type>system</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>"
    "<policy context='default'>"
    "<allow user='*'/><allow own='*'/>"
    "<allow send_destination='*'/><allow send_type='method_call'/><allow send_type='signal'/>"
    "<allow send_type='method_return'/><allow send_type='error'/>"
    "<allow receive_type='method_call'/><allow receive_type='method_return'/>"
    "<allow receive_type='error'/><allow receive_type='signal'/>"
    "</policy></busconfig>";

/* A test that fails must not leave a bus behind. */
static void
end_with_parent (gpointer data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
}

FakeBus *
fake_bus_new (void)
{
    FakeBus *bus = g_new0 (FakeBus, 1);
    g_autofree char *path = NULL;
    g_autofree char *option = NULL;
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_autoptr (GDataInputStream) output = NULL;
    int fd = g_file_open_tmp ("virtflow-bus-XXXXXX", &path, NULL);

    g_assert_cmpint (fd, >=, 0);
    close (fd);
    g_assert_true (g_file_set_contents (path, configuration, -1, NULL));
    option = g_strconcat ("--config-file=", path, NULL);
    g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
    bus->process = g_subprocess_launcher_spawn (launcher, NULL, "dbus-daemon", option, "--nofork",
                                                "--nopidfile", "--print-address", NULL);
    g_assert_nonnull (bus->process);
    output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus->process));
    bus->address = g_data_input_stream_read_line_utf8 (output, NULL, NULL, NULL);
    g_assert_nonnull (bus->address);
    g_unlink (path);
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", bus->address, TRUE);
    return bus;
}

void
fake_bus_free (FakeBus *bus)
{
    g_subprocess_force_exit (bus->process);
    g_subprocess_wait (bus->process, NULL, NULL);
    g_object_unref (bus->process);
    g_free (bus->address);
    g_free (bus);
}

const char *
fake_bus_address (const FakeBus *bus)
{
    return bus->address;
}
