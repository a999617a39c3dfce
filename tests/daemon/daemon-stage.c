/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the processes of a story and what the daemon can see of them. */
#include "daemon-stage.h"

#include "fake-proc.h"
#include "fake-tree.h"
#include "vf-bus-names.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Of anything, in milliseconds: for a machine with other work. */
#define PATIENCE 60000

#define ENABLE "sys/bus/pci/devices/0000:01:00.0/enable"

static const char *const helpers[] = { "worker", "probe", "modules" };

struct _DaemonStage {
    FakeHost *host;
    char *programs;
    char *folder;
    GTestDBus *bus;
    GDBusConnection *connection;
    GSubprocess *helpers[G_N_ELEMENTS (helpers)];
    GSubprocess *daemon;
    int libvirt_fd;
    GSubprocess *qemu;
    FakeProcess qemu_process;
};

static void
pause_shortly (void)
{
    g_usleep (5000);
}

static void
die_with_parent (gpointer data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (const char *const *command)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    g_autoptr (GError) error = NULL;
    GSubprocess *process;

    g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
    /* What systemd-socket-activate says of each connection is no part of the results. */
    if (!g_test_verbose ())
        g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_STDERR_SILENCE
                                                       | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    process = g_subprocess_launcher_spawnv (launcher, command, &error);
    g_assert_no_error (error);
    return process;
}

static void
end (GSubprocess **process)
{
    if (*process == NULL)
        return;
    g_subprocess_send_signal (*process, SIGCONT);
    g_subprocess_force_exit (*process);
    g_subprocess_wait (*process, NULL, NULL);
    g_clear_object (process);
}

static void
start_helper (DaemonStage *stage, gsize number)
{
    const char *name = helpers[number];
    g_autofree char *socket = daemon_stage_path (stage, name);
    g_autofree char *program = g_strdup_printf ("%s/virtflow-%s-fake", stage->programs, name);
    const char *machine = strcmp (name, "probe") == 0 ? NULL : "lab";
    const char *command[] = {
        "systemd-socket-activate", "--seqpacket", "--accept", "--inetd", "-l", socket, program,
        stage->host->folder,       machine,       NULL
    };

    stage->helpers[number] = spawn (command);
    for (int i = 0; i < PATIENCE && g_access (socket, F_OK) != 0; i += 5)
        pause_shortly ();
}

DaemonStage *
daemon_stage_new (const char *machine, const char *programs, const char *config)
{
    DaemonStage *stage = g_new0 (DaemonStage, 1);
    g_autofree char *config_path = NULL;

    stage->host = fake_host_new (machine);
    stage->programs = g_strdup (programs);
    stage->folder = fake_tree_new_folder ();
    stage->libvirt_fd = -1;
    config_path = daemon_stage_path (stage, "virtflow.conf");
    if (config != NULL)
        g_assert_true (g_file_set_contents (config_path, config, -1, NULL));
    stage->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (stage->bus);
    stage->connection = daemon_stage_connect (stage);
    for (gsize i = 0; i < G_N_ELEMENTS (helpers); i++)
        start_helper (stage, i);
    fake_tree_write (stage->host->folder, ENABLE, "0\n");
    fake_tree_write (stage->host->folder, "sys/bus/pci/devices/0000:01:00.1/enable", "0\n");
    fake_tree_write (stage->host->folder, "run/libvirtd.pid", "1\n");
    daemon_stage_set_libvirt (stage, TRUE);
    return stage;
}

void
daemon_stage_free (DaemonStage *stage)
{
    daemon_stage_kill_qemu (stage);
    daemon_stage_kill (stage);
    for (gsize i = 0; i < G_N_ELEMENTS (helpers); i++)
        end (&stage->helpers[i]);
    daemon_stage_set_libvirt (stage, FALSE);
    g_dbus_connection_close_sync (stage->connection, NULL, NULL);
    g_object_unref (stage->connection);
    g_test_dbus_down (stage->bus);
    g_object_unref (stage->bus);
    fake_tree_remove (stage->folder);
    fake_host_free (stage->host);
    g_free (stage->folder);
    g_free (stage->programs);
    g_free (stage);
}

static gboolean
has_name (DaemonStage *stage)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        stage->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new ("(s)", VF_BUS_NAME), NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE,
        NULL, NULL);
    gboolean owned = FALSE;

    g_variant_get (answer, "(b)", &owned);
    return owned;
}

void
daemon_stage_start (DaemonStage *stage)
{
    g_autofree char *program = g_build_filename (stage->programs, "virtflowd-fake", NULL);
    const char *command[] = { program, stage->host->folder, stage->folder,
                              g_test_dbus_get_bus_address (stage->bus), NULL };

    stage->daemon = spawn (command);
    for (int i = 0; i < PATIENCE && !has_name (stage); i += 5)
        pause_shortly ();
    g_assert_true (has_name (stage));
}

void
daemon_stage_kill (DaemonStage *stage)
{
    end (&stage->daemon);
    while (has_name (stage))
        pause_shortly ();
}

const char *
daemon_stage_bus_address (const DaemonStage *stage)
{
    return g_test_dbus_get_bus_address (stage->bus);
}

GDBusConnection *
daemon_stage_connect (DaemonStage *stage)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        g_test_dbus_get_bus_address (stage->bus),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    g_assert_no_error (error);
    return connection;
}

GError *
daemon_stage_call (GDBusConnection *connection,
                   const char *path,
                   const char *method,
                   GVariant *arguments)
{
    const char *dot = strrchr (method, '.');
    g_autofree char *interface = g_strndup (method, (gsize) (dot - method));
    GError *error = NULL;
    G_GNUC_UNUSED g_autoptr (GVariant) answer =
        g_dbus_connection_call_sync (connection, VF_BUS_NAME, path, interface, dot + 1, arguments,
                                     NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL, &error);

    return error;
}

static char *
state_of (DaemonStage *stage, VfPciAddress gpu)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) value = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        stage->connection, VF_BUS_NAME, path, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", VF_BUS_GPU_INTERFACE, "State"), NULL, G_DBUS_CALL_FLAGS_NONE,
        PATIENCE, NULL, &error);

    g_assert_no_error (error);
    g_variant_get (answer, "(v)", &value);
    return g_variant_dup_string (value, NULL);
}

gboolean
daemon_stage_is (DaemonStage *stage, VfPciAddress gpu, const char *state)
{
    g_autofree char *now = state_of (stage, gpu);

    return strcmp (now, state) == 0;
}

void
daemon_stage_await (DaemonStage *stage, VfPciAddress gpu, const char *state)
{
    g_autofree char *now = state_of (stage, gpu);

    for (int i = 0; i < PATIENCE && strcmp (now, state) != 0; i += 5) {
        pause_shortly ();
        g_free (now);
        now = state_of (stage, gpu);
    }
    g_assert_cmpstr (now, ==, state);
}

void
daemon_stage_assert_stays (DaemonStage *stage, VfPciAddress gpu, const char *state)
{
    gint64 until = g_get_monotonic_time () + G_USEC_PER_SEC / 2;

    while (g_get_monotonic_time () < until) {
        g_autofree char *now = state_of (stage, gpu);

        g_assert_cmpstr (now, ==, state);
        pause_shortly ();
    }
}

void
daemon_stage_set_libvirt (DaemonStage *stage, gboolean lives)
{
    g_autofree char *path = g_build_filename (stage->host->folder, "run/libvirtd.pid", NULL);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (stage->libvirt_fd >= 0)
        close (stage->libvirt_fd);
    stage->libvirt_fd = -1;
    if (!lives)
        return;
    stage->libvirt_fd = open (path, O_RDWR | O_CLOEXEC);
    g_assert_cmpint (fcntl (stage->libvirt_fd, F_SETLK, &lock), ==, 0);
}

static GSubprocess *
find_helper (DaemonStage *stage, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS (helpers); i++) {
        if (strcmp (helpers[i], name) == 0)
            return stage->helpers[i];
    }
    g_assert_not_reached ();
}

void
daemon_stage_hold (DaemonStage *stage, const char *helper)
{
    g_subprocess_send_signal (find_helper (stage, helper), SIGSTOP);
}

void
daemon_stage_let_go (DaemonStage *stage, const char *helper)
{
    g_subprocess_send_signal (find_helper (stage, helper), SIGCONT);
}

void
daemon_stage_start_qemu (DaemonStage *stage)
{
    static const char *const command[] = { "sleep", "1000", NULL };
    static char *open[] = { (char *) "vfio/3", NULL };

    stage->qemu = spawn (command);
    stage->qemu_process = (FakeProcess){
        .pid = (guint32) atoi (g_subprocess_get_identifier (stage->qemu)),
        .command = (char *) "qemu-system-x86",
        .open = open,
    };
    fake_proc_add (&stage->qemu_process, stage->host->folder);
    fake_tree_write (stage->host->folder, ENABLE, "1\n");
}

void
daemon_stage_kill_qemu (DaemonStage *stage)
{
    g_autofree char *folder =
        g_strdup_printf ("%s/proc/%u", stage->host->folder, stage->qemu_process.pid);

    if (stage->qemu == NULL)
        return;
    fake_tree_write (stage->host->folder, ENABLE, "0\n");
    fake_tree_remove (folder);
    end (&stage->qemu);
}

FakeHost *
daemon_stage_host (const DaemonStage *stage)
{
    return stage->host;
}

char *
daemon_stage_path (const DaemonStage *stage, const char *name)
{
    return g_build_filename (stage->folder, name, NULL);
}
