/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user with an authentication agent: polkit-agent USER answer|fail|dismiss|hang LOG COMMAND...
 * Runs the command as that user, as root who plays the agent's part for it: knows the password,
 * types a wrong one, closes the dialog, or is away from the desk. A line of LOG for each question:
 * "asked ACTION MESSAGE", and "withdrawn" when it was taken back. Ends with the command's status;
 * if a question is still open then, not before it is withdrawn. */
#include <gio/gio.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define AUTHORITY "org.freedesktop.PolicyKit1"
#define AUTHORITY_PATH "/org/freedesktop/PolicyKit1/Authority"
#define AUTHORITY_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define AGENT_PATH "/lab/agent"

typedef struct {
    const struct passwd *user;
    const char *behaviour;
    FILE *log;
    GDBusConnection *root;       /* polkit hears the answer from root alone */
    GDBusMethodInvocation *open; /* a question that hangs */
    GMainLoop *loop;
    int status;
    gboolean ended; /* the command */
} Agent;

static void
say (Agent *agent, const char *what, const char *action, const char *message)
{
    fprintf (agent->log, "%s %s %s\n", what, action, message);
    fflush (agent->log);
}

static void
return_dismissed (GDBusMethodInvocation *invocation)
{
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.PolicyKit1.Error.Cancelled", "It was closed.");
}

/* What polkit's setuid helper does after the password was right. */
static void
answer (Agent *agent, GVariant *question)
{
    g_autoptr (GVariant) identities = g_variant_get_child_value (question, 5);
    g_autoptr (GVariant) identity = g_variant_get_child_value (identities, 0);
    g_autoptr (GVariant) cookie = g_variant_get_child_value (question, 4);
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
        agent->root, AUTHORITY, AUTHORITY_PATH, AUTHORITY_INTERFACE, "AuthenticationAgentResponse2",
        g_variant_new ("(u@s@(sa{sv}))", agent->user->pw_uid, cookie, identity), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    if (reply == NULL)
        g_error ("polkit does not take the answer: %s", error->message);
}

static void
begin (Agent *agent, GVariant *question, GDBusMethodInvocation *invocation)
{
    const char *action, *message;

    g_variant_get_child (question, 0, "&s", &action);
    g_variant_get_child (question, 1, "&s", &message);
    say (agent, "asked", action, message);
    if (g_str_equal (agent->behaviour, "hang")) {
        agent->open = invocation;
        return;
    }
    if (g_str_equal (agent->behaviour, "dismiss")) {
        return_dismissed (invocation);
        return;
    }
    if (g_str_equal (agent->behaviour, "answer"))
        answer (agent, question);
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
end_if_done (Agent *agent)
{
    if (agent->ended && agent->open == NULL)
        g_main_loop_quit (agent->loop);
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
    Agent *agent = data;

    if (g_str_equal (method, "BeginAuthentication")) {
        begin (agent, arguments, invocation);
        return;
    }
    say (agent, "withdrawn", "", "");
    if (agent->open != NULL)
        return_dismissed (g_steal_pointer (&agent->open));
    g_dbus_method_invocation_return_value (invocation, NULL);
    end_if_done (agent);
}

static GDBusConnection *
connect_to_bus (void)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        "unix:path=/run/dbus/system_bus_socket",
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    if (connection == NULL)
        g_error ("%s", error->message);
    return connection;
}

/* The 22nd field; the second may hold anything, and ends with the last parenthesis. */
static guint64
start_time_of (pid_t pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    g_auto (GStrv) fields = NULL;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        g_error ("the command is gone");
    fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);
    return g_ascii_strtoull (fields[19], NULL, 10);
}

static void
register_for (Agent *agent, GDBusConnection *connection, pid_t pid)
{
    static const GDBusInterfaceVTable table = { .method_call = on_call };
    g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.PolicyKit1.AuthenticationAgent'>"
        "<method name='BeginAuthentication'><arg type='s' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='a{ss}' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='a(sa{sv})' direction='in'/></method>"
        "<method name='CancelAuthentication'><arg type='s' direction='in'/></method>"
        "</interface></node>",
        NULL);
    g_autoptr (GVariant) reply = NULL;
    g_autoptr (GError) error = NULL;
    GVariantBuilder subject;

    g_dbus_connection_register_object (connection, AGENT_PATH, info->interfaces[0], &table, agent,
                                       NULL, NULL);
    g_variant_builder_init (&subject, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&subject, "{sv}", "pid", g_variant_new_uint32 ((guint32) pid));
    g_variant_builder_add (&subject, "{sv}", "start-time",
                           g_variant_new_uint64 (start_time_of (pid)));
    g_variant_builder_add (&subject, "{sv}", "uid",
                           g_variant_new_int32 ((gint32) agent->user->pw_uid));
    reply = g_dbus_connection_call_sync (
        connection, AUTHORITY, AUTHORITY_PATH, AUTHORITY_INTERFACE, "RegisterAuthenticationAgent",
        g_variant_new ("((sa{sv})ss)", "unix-process", &subject, "C", AGENT_PATH), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    if (reply == NULL)
        g_error ("polkit does not take the agent: %s", error->message);
}

/* The command waits until its agent is registered: it ends when the other end of @go closes
 * without a word. */
static pid_t
start_command (const struct passwd *user, char **command, int *go)
{
    int ends[2];
    char byte = 0;
    pid_t pid;

    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || (pid = fork ()) < 0)
        g_error ("no process for the command");
    if (pid == 0) {
        close (ends[0]);
        if (initgroups (user->pw_name, user->pw_gid) != 0 || setgid (user->pw_gid) != 0
            || setuid (user->pw_uid) != 0 || write (ends[1], &byte, 1) != 1
            || read (ends[1], &byte, 1) != 1)
            _exit (127);
        execvp (command[0], command);
        _exit (127);
    }
    close (ends[1]);
    if (read (ends[0], &byte, 1) != 1)
        g_error ("the command could not become %s", user->pw_name);
    *go = ends[0];
    return pid;
}

static void
on_command_ended (GPid pid, int status, gpointer data)
{
    Agent *agent = data;

    agent->status = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
    agent->ended = TRUE;
    end_if_done (agent);
}

int
main (int argc, char **argv)
{
    Agent agent = { .user = argc > 4 ? getpwnam (argv[1]) : NULL };
    g_autoptr (GDBusConnection) connection = NULL;
    char byte = 0;
    pid_t pid;
    int go;

    if (agent.user == NULL || (agent.log = fopen (argv[3], "we")) == NULL) {
        fprintf (stderr, "usage: polkit-agent USER answer|fail|dismiss|hang LOG COMMAND...\n");
        return 2;
    }
    agent.behaviour = argv[2];
    agent.loop = g_main_loop_new (NULL, FALSE);
    pid = start_command (agent.user, argv + 4, &go); /* before there is a second thread */
    if (seteuid (agent.user->pw_uid) != 0)
        g_error ("this is not root");
    connection = connect_to_bus ();
    if (seteuid (0) != 0)
        g_error ("root cannot come back");
    agent.root = connect_to_bus ();
    register_for (&agent, connection, pid);
    g_child_watch_add (pid, on_command_ended, &agent);
    if (write (go, &byte, 1) != 1)
        g_error ("the command is gone");
    g_main_loop_run (agent.loop);
    g_object_unref (agent.root);
    g_main_loop_unref (agent.loop);
    return agent.status;
}
