/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the daemon's process, its bus and the sockets of the helpers. */
#include "fake-daemon.h"

#include "fake-bus.h"
#include "fake-tree.h"
#include "vf-bus-names.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of anything, in milliseconds: for a machine with other work. */
#define PATIENCE 60000

extern char **environ;

typedef struct {
    FakeDaemon *of;
    const char *name;
    int socket;
    GThread *listener;
    gboolean held; /* this and the next under the daemon's mutex */
    gboolean dies; /* at the next connection */
    FakeHelper serve;
    gpointer data;
} Helper;

static const char *const names[] = { "worker", "probe", "modules", "services" };

struct _FakeDaemon {
    char *machine;
    char *programs;
    FakeHost *host;
    char *folder;
    GTestDBus *bus;       /* or NULL */
    FakeBus *bus_for_all; /* or NULL */
    GDBusConnection *connection;
    GSubprocess *process;
    char *log; /* path; NULL while nothing is kept */
    Helper helpers[G_N_ELEMENTS (names)];
    guint serving; /* connections of helpers that are open */
    GMutex mutex;
    GCond changed;
};

typedef struct {
    const Helper *helper;
    int connection;
} Call;

/* As systemd starts it: the connection is its standard input and output. */
static void
serve_by_process (const Helper *helper, int connection)
{
    const FakeDaemon *self = helper->of;
    g_autofree char *program =
        g_strdup_printf ("%s/virtflow-%s-fake", self->programs, helper->name);
    gboolean knows_machine = strcmp (helper->name, "probe") != 0;
    char *arguments[] = { program, self->host->folder, knows_machine ? self->machine : NULL, NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_adddup2 (&actions, connection, STDIN_FILENO);
    posix_spawn_file_actions_adddup2 (&actions, connection, STDOUT_FILENO);
    if (posix_spawn (&pid, program, &actions, NULL, arguments, environ) != 0)
        g_error ("%s cannot be started", program);
    posix_spawn_file_actions_destroy (&actions);
    close (connection);
    waitpid (pid, NULL, 0);
}

static void
count_serving (FakeDaemon *self, int change)
{
    g_mutex_lock (&self->mutex);
    self->serving += change;
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->mutex);
}

/* They end with their connections; what they use is taken away after that. */
static void
wait_until_nobody_serves (FakeDaemon *self)
{
    gint64 until = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_MILLISECOND;

    g_mutex_lock (&self->mutex);
    while (self->serving > 0)
        if (!g_cond_wait_until (&self->changed, &self->mutex, until))
            g_error ("%u helpers serve a daemon that is gone", self->serving);
    g_mutex_unlock (&self->mutex);
}

static gpointer
serve (gpointer data)
{
    g_autofree Call *call = data;

    if (call->helper->serve == NULL) {
        serve_by_process (call->helper, call->connection);
    } else {
        call->helper->serve (call->connection, call->helper->data);
        close (call->connection);
    }
    count_serving (call->helper->of, -1);
    return NULL;
}

/* FALSE when it dies instead. */
static gboolean
wait_until_free (Helper *helper)
{
    FakeDaemon *self = helper->of;
    gboolean lives;

    g_mutex_lock (&self->mutex);
    while (helper->held)
        g_cond_wait (&self->changed, &self->mutex);
    lives = !helper->dies;
    helper->dies = FALSE;
    g_mutex_unlock (&self->mutex);
    return lives;
}

static gpointer
listen_in_thread (gpointer data)
{
    Helper *helper = data;
    int connection;

    while ((connection = accept4 (helper->socket, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        Call call = { helper, connection };

        if (!wait_until_free (helper)) {
            close (connection);
            continue;
        }
        count_serving (helper->of, 1);
        g_thread_unref (g_thread_new (helper->name, serve, g_memdup2 (&call, sizeof call)));
    }
    return NULL;
}

static void
listen_for (FakeDaemon *self, Helper *helper, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *helper = (Helper){ .of = self,
                        .name = name,
                        .socket = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) };
    g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s", self->folder, name);
    if (bind (helper->socket, (struct sockaddr *) &address, sizeof address) != 0
        || listen (helper->socket, 8) != 0)
        g_error ("%s cannot listen", name);
    helper->listener = g_thread_new (name, listen_in_thread, helper);
}

GDBusConnection *
fake_daemon_connect (const FakeDaemon *self)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        fake_daemon_bus (self),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    g_assert_no_error (error);
    return connection;
}

static FakeDaemon *
new_on_bus (const char *machine, const char *programs, const char *config, gboolean for_all)
{
    FakeDaemon *self = g_new0 (FakeDaemon, 1);

    g_mutex_init (&self->mutex);
    g_cond_init (&self->changed);
    self->machine = g_strdup (machine);
    self->programs = g_strdup (programs);
    self->host = fake_host_new (machine);
    self->folder = fake_tree_new_folder ();
    if (config != NULL)
        fake_tree_write (self->folder, "virtflow.conf", config);
    if (for_all) {
        self->bus_for_all = fake_bus_new ();
    } else {
        self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
        g_test_dbus_up (self->bus);
        /* GTestDBus has a pipe to the process that ends the bus when the test is gone. The next bus
         * would inherit our end of it, and both outlive a test that fails. */
        close_range (3, ~0U, CLOSE_RANGE_CLOEXEC);
    }
    self->connection = fake_daemon_connect (self);
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        listen_for (self, &self->helpers[i], names[i]);
    return self;
}

FakeDaemon *
fake_daemon_new (const char *machine, const char *programs, const char *config)
{
    return new_on_bus (machine, programs, config, FALSE);
}

FakeDaemon *
fake_daemon_new_for_all (const char *machine, const char *programs, const char *config)
{
    return new_on_bus (machine, programs, config, TRUE);
}

void
fake_daemon_free (FakeDaemon *self)
{
    fake_daemon_kill (self);
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        fake_daemon_let_go (self, names[i]);
        shutdown (self->helpers[i].socket, SHUT_RDWR);
        g_thread_join (self->helpers[i].listener);
        close (self->helpers[i].socket);
    }
    wait_until_nobody_serves (self);
    g_dbus_connection_close_sync (self->connection, NULL, NULL);
    g_object_unref (self->connection);
    if (self->bus != NULL)
        g_test_dbus_down (self->bus);
    g_clear_object (&self->bus);
    g_clear_pointer (&self->bus_for_all, fake_bus_free);
    fake_tree_remove (self->folder);
    fake_host_free (self->host);
    g_mutex_clear (&self->mutex);
    g_cond_clear (&self->changed);
    g_free (self->folder);
    g_free (self->log);
    g_free (self->programs);
    g_free (self->machine);
    g_free (self);
}

gboolean
fake_daemon_bus_has (const FakeDaemon *self, const char *name)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new ("(s)", name), NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL,
        NULL);
    gboolean owned = FALSE;

    /* The bus may have ended, which is no matter for who waits for the end of its daemon. */
    if (answer != NULL)
        g_variant_get (answer, "(b)", &owned);
    return owned;
}

void
fake_daemon_start (FakeDaemon *self)
{
    g_autofree char *program = g_build_filename (self->programs, "virtflowd-fake", NULL);
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autoptr (GError) error = NULL;

    if (self->log != NULL)
        g_subprocess_launcher_set_stderr_file_path (launcher, self->log);
    self->process = g_subprocess_launcher_spawn (launcher, &error, program, self->host->folder,
                                                 self->folder, fake_daemon_bus (self), NULL);
    g_assert_no_error (error);
    for (int i = 0; i < PATIENCE && !fake_daemon_bus_has (self, VF_BUS_NAME); i += 5)
        g_usleep (5000);
    g_assert_true (fake_daemon_bus_has (self, VF_BUS_NAME));
}

void
fake_daemon_kill (FakeDaemon *self)
{
    if (self->process == NULL)
        return;
    g_subprocess_force_exit (self->process);
    g_subprocess_wait (self->process, NULL, NULL);
    g_clear_object (&self->process);
    while (!g_dbus_connection_is_closed (self->connection)
           && fake_daemon_bus_has (self, VF_BUS_NAME))
        g_usleep (5000);
}

void
fake_daemon_keep_log (FakeDaemon *self)
{
    self->log = g_build_filename (self->folder, "log", NULL);
}

char *
fake_daemon_log (const FakeDaemon *self)
{
    char *text = NULL;

    g_file_get_contents (self->log, &text, NULL, NULL);
    return text;
}

GPid
fake_daemon_pid (const FakeDaemon *self)
{
    return atoi (g_subprocess_get_identifier (self->process));
}

void
fake_daemon_signal (FakeDaemon *self, int signal)
{
    g_subprocess_send_signal (self->process, signal);
}

static Helper *
find_helper (FakeDaemon *self, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        if (strcmp (names[i], name) == 0)
            return &self->helpers[i];
    }
    g_assert_not_reached ();
}

static void
set_held (FakeDaemon *self, const char *helper, gboolean held)
{
    g_mutex_lock (&self->mutex);
    find_helper (self, helper)->held = held;
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->mutex);
}

void
fake_daemon_hold (FakeDaemon *self, const char *helper)
{
    set_held (self, helper, TRUE);
}

void
fake_daemon_let_go (FakeDaemon *self, const char *helper)
{
    set_held (self, helper, FALSE);
}

void
fake_daemon_let_die (FakeDaemon *self, const char *helper)
{
    g_mutex_lock (&self->mutex);
    find_helper (self, helper)->dies = TRUE;
    g_mutex_unlock (&self->mutex);
}

void
fake_daemon_serve (FakeDaemon *self, const char *helper, FakeHelper serve_it, gpointer data)
{
    find_helper (self, helper)->data = data;
    find_helper (self, helper)->serve = serve_it;
}

FakeHost *
fake_daemon_host (const FakeDaemon *self)
{
    return self->host;
}

const char *
fake_daemon_bus (const FakeDaemon *self)
{
    return self->bus != NULL ? g_test_dbus_get_bus_address (self->bus)
                             : fake_bus_address (self->bus_for_all);
}

const char *
fake_daemon_folder (const FakeDaemon *self)
{
    return self->folder;
}
