/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns polkit's terminal agent, a program of its own, so that a run that needs no password does not
 * pay for libraries that ask for one. */
#include "vfc-agent.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _VfcAgent {
    GSubprocess *process; /* or NULL */
};

/* pkttyagent closes this descriptor when it is registered; a call made before that would find no
 * agent and be refused. */
#define NOTIFY_DESCRIPTOR 3

static void
wait_until_registered (int descriptor)
{
    char byte;

    while (read (descriptor, &byte, 1) > 0)
        ;
}

/* Whoever leaves at once does not end it. */
static void
end_with_parent (gpointer data)
{
    prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static GSubprocess *
start_agent (void)
{
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
    g_autofree char *pid = g_strdup_printf ("%d", getpid ());
    g_autofree char *notify = g_strdup_printf ("%d", NOTIFY_DESCRIPTOR);
    GSubprocess *process;
    int ends[2];

    if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
        return NULL;
    g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
    g_subprocess_launcher_take_fd (launcher, ends[1], NOTIFY_DESCRIPTOR);
    process = g_subprocess_launcher_spawn (launcher, NULL, "pkttyagent", "--process", pid,
                                           "--notify-fd", notify, "--fallback", NULL);
    g_subprocess_launcher_close (launcher);
    if (process != NULL)
        wait_until_registered (ends[0]);
    close (ends[0]);
    return process;
}

VfcAgent *
vfc_agent_new (const VfcRun *run)
{
    VfcAgent *agent = g_new0 (VfcAgent, 1);

    if (run->may_ask && geteuid () != 0 && isatty (STDIN_FILENO))
        agent->process = start_agent ();
    return agent;
}

void
vfc_agent_free (VfcAgent *agent)
{
    if (agent->process != NULL) {
        g_subprocess_send_signal (agent->process, SIGTERM);
        g_subprocess_wait (agent->process, NULL, NULL);
        g_object_unref (agent->process);
    }
    g_free (agent);
}
