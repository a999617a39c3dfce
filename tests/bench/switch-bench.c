/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a switch costs by itself: switch-bench PROGRAMS. The real daemon lends and returns a GPU of
 * a fake machine; with a process for each helper as on a host (PROGRAMS is the folder of those for
 * fake machines), and with threads instead, so without process starts. A fake kernel's writes cost
 * something as well, which is no cost of VirtFlow's: with threads it is seen and taken off. Prints
 * a line per figure: name, value, unit, bound; a bound of - stands for none. */
#include "fake-host.h"
#include "fake-polkit.h"
#include "fake-tree.h"
#include "vf-client.h"
#include "vfd-life.h"
#include "vfp-service.h"
#include "vfw-service.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MACHINE "lab"
#define ADDRESS "0000:01:00.0"
#define ROUNDS 10

extern char **environ;

/* The door to the fake kernel with a watch beside it. */
typedef struct {
    VfwKernel door;
    VfwKernel *fake;
    gint64 spent; /* microseconds since it was last taken */
} WatchedKernel;

typedef struct {
    const char *programs; /* NULL: the helpers are threads */
    FakeHost *host;
    char *folder; /* of the daemon's state and the helpers' sockets */
    GTestDBus *bus;
    WatchedKernel kernel; /* of the worker that is a thread */
} Stage;

/* A helper that listens. */
typedef struct {
    Stage *stage;
    const char *name;
    int socket;
} Helper;

typedef struct {
    const Helper *helper;
    int connection;
} Call;

static int
watched_write (VfwKernel *door, const VfSysfs *folder, const char *path, const char *text)
{
    WatchedKernel *watched = (WatchedKernel *) door;
    gint64 started = g_get_monotonic_time ();
    int result = watched->fake->write (watched->fake, folder, path, text);

    watched->spent += g_get_monotonic_time () - started;
    return result;
}

static int
watched_set_mode (VfwKernel *door, const char *path, dev_t device, mode_t mode)
{
    WatchedKernel *watched = (WatchedKernel *) door;
    gint64 started = g_get_monotonic_time ();
    int result = watched->fake->set_mode (watched->fake, path, device, mode);

    watched->spent += g_get_monotonic_time () - started;
    return result;
}

static gpointer
serve_in_thread (gpointer data)
{
    g_autofree Call *call = data;
    Stage *stage = call->helper->stage;

    if (strcmp (call->helper->name, "worker") == 0)
        vfw_service_run (call->connection, stage->host->root, &stage->kernel.door);
    else
        vfp_service_run (call->connection, stage->host->root);
    close (call->connection);
    return NULL;
}

/* Nobody waits for it: it ends with its connection, and is forgotten with this program. */
static void
serve_by_process (const Helper *helper, int connection)
{
    g_autofree char *name = g_strdup_printf ("virtflow-%s-fake", helper->name);
    g_autofree char *program = g_build_filename (helper->stage->programs, name, NULL);
    gboolean knows_machine = strcmp (helper->name, "probe") != 0;
    char *arguments[] = { program, helper->stage->host->folder,
                          knows_machine ? (char *) MACHINE : NULL, NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_adddup2 (&actions, connection, STDIN_FILENO);
    posix_spawn_file_actions_adddup2 (&actions, connection, STDOUT_FILENO);
    if (posix_spawn (&pid, program, &actions, NULL, arguments, environ) != 0)
        g_error ("%s cannot be started", program);
    posix_spawn_file_actions_destroy (&actions);
    close (connection);
}

static gpointer
listen_in_thread (gpointer data)
{
    const Helper *helper = data;
    int connection;

    while ((connection = accept4 (helper->socket, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        Call *call;

        if (helper->stage->programs != NULL) {
            serve_by_process (helper, connection);
            continue;
        }
        call = g_new (Call, 1);
        *call = (Call){ helper, connection };
        g_thread_unref (g_thread_new (helper->name, serve_in_thread, call));
    }
    return NULL;
}

static void
listen_for (Stage *stage, const char *name)
{
    Helper *helper = g_new0 (Helper, 1);
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *helper = (Helper){ stage, name, socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) };
    g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s", stage->folder, name);
    if (bind (helper->socket, (struct sockaddr *) &address, sizeof address) != 0
        || listen (helper->socket, 8) != 0)
        g_error ("%s cannot listen", name);
    g_thread_unref (g_thread_new (name, listen_in_thread, helper));
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

/* The daemon takes a moment to come up. */
static VfClient *
connect_to_daemon (const char *address)
{
    for (guint i = 0; i < 200; i++) {
        VfClient *client = vf_client_new (address, NULL);

        if (client != NULL)
            return client;
        g_usleep (50 * 1000);
    }
    g_error ("the daemon does not come up");
}

static int
compare (const void *a, const void *b)
{
    const double *first = a;
    const double *second = b;

    return (*first > *second) - (*first < *second);
}

typedef struct {
    double own[ROUNDS];  /* milliseconds, the writes of a worker that is a thread taken off */
    double fake[ROUNDS]; /* these */
} Figures;

static void
measure (Stage *stage, VfClientGpu *gpu, VfTarget target, Figures *figures, guint round)
{
    g_autoptr (GError) error = NULL;
    gint64 started = g_get_monotonic_time ();
    gint64 taken;

    stage->kernel.spent = 0;
    vf_client_switch (gpu, target, NULL, &error);
    g_assert_no_error (error);
    taken = g_get_monotonic_time () - started;
    figures->own[round] = (double) (taken - stage->kernel.spent) / 1000;
    figures->fake[round] = (double) stage->kernel.spent / 1000;
}

static double
median (double *values)
{
    qsort (values, ROUNDS, sizeof *values, compare);
    return (values[ROUNDS / 2 - 1] + values[ROUNDS / 2]) / 2;
}

static void
print_medians (const char *what, Figures *figures, const Stage *stage)
{
    double own = median (figures->own);
    double fake = median (figures->fake);

    if (stage->programs != NULL) {
        g_print ("own cost of a %s, native, fake kernel\t%.1f\tms\t20\n", what, own);
        return;
    }
    g_print ("own cost of a %s, without process starts\t%.1f\tms\t5\n", what, own);
    g_print ("    the fake kernel's writes, not counted\t%.1f\tms\t-\n", fake);
}

static void
measure_all (Stage *stage)
{
    const char *bus = g_test_dbus_get_bus_address (stage->bus);
    G_GNUC_UNUSED g_autoptr (GDBusConnection) polkit = fake_polkit_play (bus);
    g_autoptr (VfClient) client = connect_to_daemon (bus);
    g_autoptr (VfClientGpu) gpu = vf_client_find_gpu (client, fake_host_address (ADDRESS), NULL);
    Figures lend, back;

    measure (stage, gpu, VF_TARGET_VFIO, &lend, 0); /* the first finds nothing in the caches */
    measure (stage, gpu, VF_TARGET_HOST, &back, 0);
    for (guint i = 0; i < ROUNDS; i++) {
        measure (stage, gpu, VF_TARGET_VFIO, &lend, i);
        measure (stage, gpu, VF_TARGET_HOST, &back, i);
    }
    print_medians ("lend", &lend, stage);
    print_medians ("return", &back, stage);
}

/* Each in a process of its own: the daemon is forked from it, which must have no threads yet. */
static int
run_stage (const char *programs)
{
    Stage stage = { .programs = programs };
    pid_t pid = fork (), daemon;
    int status;

    if (pid != 0)
        return waitpid (pid, &status, 0) == pid && status == 0 ? 0 : 1;
    stage.host = fake_host_new (MACHINE);
    stage.kernel.door = (VfwKernel){ watched_write, watched_set_mode };
    stage.kernel.fake = &stage.host->kernel->kernel;
    stage.folder = fake_tree_new_folder ();
    stage.bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (stage.bus);
    daemon = start_daemon (&stage);
    listen_for (&stage, "worker");
    listen_for (&stage, "probe");
    measure_all (&stage);
    kill (daemon, SIGTERM);
    waitpid (daemon, NULL, 0);
    g_test_dbus_down (stage.bus);
    fake_tree_remove (stage.folder);
    fake_host_free (stage.host);
    _exit (0);
}

int
main (int argc, char **argv)
{
    if (argc != 2) {
        g_printerr ("usage: switch-bench PROGRAMS\n");
        return 2;
    }
    return run_stage (argv[1]) + run_stage (NULL);
}
