/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the processes of a story and what the daemon can see of them. */
#include "daemon-stage.h"

#include "fake-proc.h"
#include "fake-tree.h"
#include "vf-bus-names.h"
#include "vfw-service.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of anything, in milliseconds: for a machine with other work. */
#define PATIENCE 60000

#define ENABLE "sys/bus/pci/devices/0000:01:00.0/enable"

/* Between the worker and the fake kernel. */
typedef struct {
    VfwKernel kernel;
    VfwKernel *behind;
    const char *text; /* whose unbinding hangs; NULL: none. Under the mutex */
    GMutex mutex;
    GCond changed;
} Door;

struct _DaemonStage {
    Door door;
    FakeDaemon *daemon;
    GDBusConnection *connection;
    int libvirt_fd;
    pid_t next_libvirt; /* 0: there is none */
    GSubprocess *qemu;
    FakeProcess qemu_process;
};

const char *
daemon_stage_begin (int *argc, char ***argv)
{
    if (geteuid () != 0) {
        execlp ("unshare", "unshare", "--map-root-user", (*argv)[0], (*argv)[1], NULL);
        g_error ("unshare cannot be run");
    }
    g_test_init (argc, argv, NULL);
    g_assert_cmpint (*argc, ==, 2);
    g_setenv ("G_DEBUG", "fatal-criticals", TRUE); /* of the daemon */
    return (*argv)[1];
}

static void
pause_shortly (void)
{
    g_usleep (5000);
}

static const char *
tree_of (const DaemonStage *stage)
{
    return fake_daemon_host (stage->daemon)->folder;
}

/* Takes @daemon. */
static DaemonStage *
new_around (FakeDaemon *daemon)
{
    DaemonStage *stage = g_new0 (DaemonStage, 1);

    g_mutex_init (&stage->door.mutex);
    g_cond_init (&stage->door.changed);
    stage->daemon = daemon;
    stage->libvirt_fd = -1;
    stage->connection = fake_daemon_connect (stage->daemon);
    fake_tree_write (tree_of (stage), ENABLE, "0\n");
    fake_tree_write (tree_of (stage), "sys/bus/pci/devices/0000:01:00.1/enable", "0\n");
    fake_tree_write (tree_of (stage), "run/libvirtd.pid", "1\n");
    daemon_stage_set_libvirt (stage, TRUE);
    return stage;
}

DaemonStage *
daemon_stage_new (const char *machine, const char *programs, const char *config)
{
    return new_around (fake_daemon_new (machine, programs, config));
}

DaemonStage *
daemon_stage_new_for_all (const char *machine, const char *programs, const char *config)
{
    FakeDaemon *daemon = fake_daemon_new_for_all (machine, programs, config);

    fake_daemon_keep_log (daemon);
    return new_around (daemon);
}

void
daemon_stage_free (DaemonStage *stage)
{
    daemon_stage_unhang (stage);
    daemon_stage_kill_qemu (stage);
    daemon_stage_set_libvirt (stage, FALSE);
    g_dbus_connection_close_sync (stage->connection, NULL, NULL);
    g_object_unref (stage->connection);
    fake_daemon_free (stage->daemon);
    g_mutex_clear (&stage->door.mutex);
    g_cond_clear (&stage->door.changed);
    g_free (stage);
}

void
daemon_stage_start (DaemonStage *stage)
{
    fake_daemon_start (stage->daemon);
}

void
daemon_stage_kill (DaemonStage *stage)
{
    fake_daemon_kill (stage->daemon);
}

const char *
daemon_stage_bus_address (const DaemonStage *stage)
{
    return fake_daemon_bus (stage->daemon);
}

GDBusConnection *
daemon_stage_connect (DaemonStage *stage)
{
    return fake_daemon_connect (stage->daemon);
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

GVariant *
daemon_stage_property (DaemonStage *stage,
                       const char *path,
                       const char *interface,
                       const char *name)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        stage->connection, VF_BUS_NAME, path, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", interface, name), NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL,
        &error);
    GVariant *value;

    g_assert_no_error (error);
    g_variant_get (answer, "(v)", &value);
    return value;
}

static GVariant *
property_of (DaemonStage *stage, VfPciAddress gpu, const char *name)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);

    return daemon_stage_property (stage, path, VF_BUS_GPU_INTERFACE, name);
}

static char *
state_of (DaemonStage *stage, VfPciAddress gpu)
{
    g_autoptr (GVariant) value = property_of (stage, gpu, "State");

    return g_variant_dup_string (value, NULL);
}

gboolean
daemon_stage_has_begun_steps (DaemonStage *stage, VfPciAddress gpu)
{
    g_autoptr (GVariant) steps = property_of (stage, gpu, "Steps");
    const char *standing = "waiting";

    if (g_variant_n_children (steps) > 0)
        g_variant_get_child (steps, 0, "(&s&st)", NULL, &standing, NULL);
    return strcmp (standing, "waiting") != 0;
}

static gboolean
is_running (DaemonStage *stage, VfPciAddress gpu, const char *step)
{
    g_autoptr (GVariant) steps = property_of (stage, gpu, "Steps");

    for (gsize i = 0; i < g_variant_n_children (steps); i++) {
        const char *text, *standing;

        g_variant_get_child (steps, i, "(&s&st)", &text, &standing, NULL);
        if (strcmp (text, step) == 0 && strcmp (standing, "running") == 0)
            return TRUE;
    }
    return FALSE;
}

void
daemon_stage_await_step (DaemonStage *stage, VfPciAddress gpu, const char *step)
{
    for (int i = 0; i < PATIENCE && !is_running (stage, gpu, step); i += 5)
        pause_shortly ();
    g_assert_true (is_running (stage, gpu, step));
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
daemon_stage_await_first_step (DaemonStage *stage, VfPciAddress gpu)
{
    for (int i = 0; i < PATIENCE && !daemon_stage_has_begun_steps (stage, gpu); i += 5)
        pause_shortly ();
    g_assert_true (daemon_stage_has_begun_steps (stage, gpu));
}

static gboolean
has_failed (DaemonStage *stage, VfPciAddress gpu)
{
    g_autoptr (GVariant) result = property_of (stage, gpu, "Result");
    const char *id;

    g_variant_get (result, "(&s&s)", &id, NULL);
    return *id != '\0' && strcmp (id, "done") != 0;
}

void
daemon_stage_await_failure (DaemonStage *stage, VfPciAddress gpu)
{
    for (int i = 0; i < PATIENCE && !has_failed (stage, gpu); i += 5)
        pause_shortly ();
    g_assert_true (has_failed (stage, gpu));
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
    g_autofree char *path = g_build_filename (tree_of (stage), "run/libvirtd.pid", NULL);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (stage->next_libvirt > 0) {
        kill (stage->next_libvirt, SIGKILL);
        waitpid (stage->next_libvirt, NULL, 0);
    }
    stage->next_libvirt = 0;
    if (stage->libvirt_fd >= 0)
        close (stage->libvirt_fd);
    stage->libvirt_fd = -1;
    if (!lives)
        return;
    stage->libvirt_fd = open (path, O_RDWR | O_CLOEXEC);
    g_assert_cmpint (fcntl (stage->libvirt_fd, F_SETLK, &lock), ==, 0);
}

void
daemon_stage_share_pid_file (DaemonStage *stage)
{
    g_autofree char *path = g_build_filename (tree_of (stage), "run/libvirtd.pid", NULL);
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

    stage->libvirt_fd = open (path, O_RDONLY | O_CLOEXEC);
    g_assert_cmpint (fcntl (stage->libvirt_fd, F_SETLK, &lock), ==, 0);
}

void
daemon_stage_replace_libvirt (DaemonStage *stage)
{
    int ready[2];
    char byte;

    daemon_stage_set_libvirt (stage, FALSE);
    g_assert_cmpint (pipe (ready), ==, 0);
    stage->next_libvirt = fork ();
    g_assert_cmpint (stage->next_libvirt, >=, 0);
    if (stage->next_libvirt == 0) {
        prctl (PR_SET_PDEATHSIG, SIGKILL);
        daemon_stage_set_libvirt (stage, TRUE);
        g_assert_cmpint (write (ready[1], "", 1), ==, 1);
        while (TRUE)
            pause ();
    }
    g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
    close (ready[0]);
    close (ready[1]);
}

void
daemon_stage_hold (DaemonStage *stage, const char *helper)
{
    fake_daemon_hold (stage->daemon, helper);
}

void
daemon_stage_let_worker_die (DaemonStage *stage)
{
    fake_daemon_let_die (stage->daemon, "worker");
}

void
daemon_stage_let_go (DaemonStage *stage, const char *helper)
{
    fake_daemon_let_go (stage->daemon, helper);
}

static int
write_through_door (VfwKernel *kernel, const VfSysfs *folder, const char *path, const char *text)
{
    Door *door = (Door *) kernel;

    g_mutex_lock (&door->mutex);
    while (g_str_has_suffix (path, "/unbind") && g_strcmp0 (text, door->text) == 0)
        g_cond_wait (&door->changed, &door->mutex);
    g_mutex_unlock (&door->mutex);
    return door->behind->write (door->behind, folder, path, text);
}

static int
set_mode_through_door (VfwKernel *kernel, const char *path, dev_t device, mode_t mode)
{
    Door *door = (Door *) kernel;

    return door->behind->set_mode (door->behind, path, device, mode);
}

static void
serve_worker (int connection, gpointer data)
{
    DaemonStage *stage = data;

    vfw_service_run (connection, daemon_stage_host (stage)->root, &stage->door.kernel);
}

void
daemon_stage_hang_at (DaemonStage *stage, const char *text)
{
    Door *door = &stage->door;

    door->kernel = (VfwKernel){ write_through_door, set_mode_through_door };
    door->behind = &daemon_stage_host (stage)->kernel->kernel;
    fake_daemon_serve (stage->daemon, "worker", serve_worker, stage);
    g_mutex_lock (&door->mutex);
    door->text = text;
    g_mutex_unlock (&door->mutex);
}

void
daemon_stage_unhang (DaemonStage *stage)
{
    g_mutex_lock (&stage->door.mutex);
    stage->door.text = NULL;
    g_cond_broadcast (&stage->door.changed);
    g_mutex_unlock (&stage->door.mutex);
}

void
daemon_stage_add_process (DaemonStage *stage, const FakeProcess *process)
{
    fake_proc_add (process, tree_of (stage));
}

void
daemon_stage_remove_process (DaemonStage *stage, guint32 pid)
{
    g_autofree char *folder = g_strdup_printf ("%s/proc/%u", tree_of (stage), pid);

    fake_tree_remove (folder);
}

static char *
status_file (DaemonStage *stage, const char *name, const char *suffix)
{
    return g_strdup_printf ("%s/run/libvirt/qemu/%s.xml%s", tree_of (stage), name, suffix);
}

/* As libvirt writes it: another file, then moved over it. */
void
daemon_stage_add_domain (DaemonStage *stage, const char *name, gboolean with_gpu)
{
    g_autofree char *path = status_file (stage, name, "");
    g_autofree char *new_path = status_file (stage, name, ".new");
    g_autofree char *folder = g_path_get_dirname (path);
    const char *source = with_gpu
                             ? "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"
                             : "<address domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>";
    g_autofree char *text = g_strdup_printf (
        "<domstatus><domain><devices><hostdev mode='subsystem' type='pci' managed='no'><source>\n"
        "%s\n</source><address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"
        "</hostdev></devices></domain></domstatus>\n",
        source);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
    g_assert_true (g_file_set_contents (new_path, text, -1, NULL));
    g_assert_cmpint (g_rename (new_path, path), ==, 0);
}

void
daemon_stage_remove_domain (DaemonStage *stage, const char *name)
{
    g_autofree char *path = status_file (stage, name, "");

    g_assert_cmpint (g_unlink (path), ==, 0);
}

void
daemon_stage_start_qemu (DaemonStage *stage)
{
    static char *open[] = { (char *) "vfio/3", NULL };

    stage->qemu = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "sleep", "1000", NULL);
    g_assert_nonnull (stage->qemu);
    stage->qemu_process = (FakeProcess){
        .pid = (guint32) atoi (g_subprocess_get_identifier (stage->qemu)),
        .command = (char *) "qemu-system-x86",
        .open = open,
    };
    fake_proc_add (&stage->qemu_process, tree_of (stage));
    fake_tree_write (tree_of (stage), ENABLE, "1\n");
}

void
daemon_stage_kill_qemu (DaemonStage *stage)
{
    g_autofree char *folder =
        g_strdup_printf ("%s/proc/%u", tree_of (stage), stage->qemu_process.pid);

    if (stage->qemu == NULL)
        return;
    fake_tree_write (tree_of (stage), ENABLE, "0\n");
    fake_tree_remove (folder);
    g_subprocess_force_exit (stage->qemu);
    g_subprocess_wait (stage->qemu, NULL, NULL);
    g_clear_object (&stage->qemu);
}

FakeHost *
daemon_stage_host (const DaemonStage *stage)
{
    return fake_daemon_host (stage->daemon);
}

FakeDaemon *
daemon_stage_daemon (const DaemonStage *stage)
{
    return stage->daemon;
}

char *
daemon_stage_path (const DaemonStage *stage, const char *name)
{
    return g_build_filename (fake_daemon_folder (stage->daemon), name, NULL);
}
