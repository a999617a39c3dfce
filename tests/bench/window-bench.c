/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window-bench MACHINES COMMAND...: starts a program with a window and prints, tab-separated, the
 * milliseconds until a window shows its list of that many machines, its memory in KiB
 * (proportional) and how often it woke up in ten seconds in which nothing happened. It looks with
 * the eyes of a screen reader, which are the same for every toolkit. */
#include <atspi/atspi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_SECONDS 60
#define LOOK_MILLISECONDS 10
#define SETTLE_SECONDS 4
#define IDLE_SECONDS 10

/* A list that has this many children is not searched for others. */
#define LONG_LIST 30

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)

/* Whether @node or something below it is a list of at least @wanted things. */
static gboolean
has_list (AtspiAccessible *node, int wanted)
{
    int n_children = atspi_accessible_get_child_count (node, NULL);

    if (n_children >= wanted)
        return TRUE;
    for (int i = 0; i < n_children && n_children < LONG_LIST; i++) {
        g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);

        if (child != NULL && has_list (child, wanted))
            return TRUE;
    }
    return FALSE;
}

/* A window may be filled before it is shown. */
static gboolean
shows_list (AtspiAccessible *window, int wanted)
{
    g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (window);

    return atspi_state_set_contains (states, ATSPI_STATE_SHOWING) && has_list (window, wanted);
}

static gboolean
program_shows_list (AtspiAccessible *program, int wanted)
{
    int n_windows = atspi_accessible_get_child_count (program, NULL);

    for (int i = 0; i < n_windows; i++) {
        g_autoptr (AtspiAccessible) window = atspi_accessible_get_child_at_index (program, i, NULL);

        if (window != NULL && shows_list (window, wanted))
            return TRUE;
    }
    return FALSE;
}

static gboolean
list_is_there (pid_t pid, int wanted)
{
    g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
    int n_programs = atspi_accessible_get_child_count (desktop, NULL);

    for (int i = 0; i < n_programs; i++) {
        g_autoptr (AtspiAccessible) program =
            atspi_accessible_get_child_at_index (desktop, i, NULL);

        if (program != NULL && atspi_accessible_get_process_id (program, NULL) == (guint) pid
            && program_shows_list (program, wanted))
            return TRUE;
    }
    return FALSE;
}

/* The number behind @key in a file of /proc; 0 when there is none. */
static gulong
number_in (const char *path, const char *key)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        return 0;
    line = strstr (text, key);
    return line != NULL ? strtoul (line + strlen (key), NULL, 10) : 0;
}

static gulong
memory_of (pid_t pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);

    return number_in (path, "\nPss:");
}

/* How often any thread of it was given a processor after it had waited. */
static gulong
wake_ups_of (pid_t pid)
{
    g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
    g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
    const char *task;
    gulong n_wake_ups = 0;

    while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL) {
        g_autofree char *path = g_build_filename (folder, task, "status", NULL);

        n_wake_ups += number_in (path, "\nvoluntary_ctxt_switches:");
    }
    return n_wake_ups;
}

static pid_t
start (char **command)
{
    pid_t pid = fork ();

    if (pid == 0) {
        execvp (command[0], command);
        _exit (EXIT_FAILURE);
    }
    return pid;
}

int
main (int argc, char **argv)
{
    gint64 began = g_get_monotonic_time ();
    gint64 end = began + PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
    gint64 there;
    gulong memory, wake_ups;
    pid_t pid;

    if (argc < 3)
        return EXIT_FAILURE;
    atspi_init ();
    /* Starts what a program that begins looks for once. */
    list_is_there (0, 1);
    began = g_get_monotonic_time ();
    pid = start (argv + 2);
    while (!list_is_there (pid, atoi (argv[1])) && g_get_monotonic_time () < end)
        g_usleep (LOOK_MILLISECONDS * 1000);
    there = g_get_monotonic_time ();
    sleep (SETTLE_SECONDS);
    memory = memory_of (pid);
    wake_ups = wake_ups_of (pid);
    sleep (IDLE_SECONDS);
    wake_ups = wake_ups_of (pid) - wake_ups;
    kill (pid, SIGKILL);
    waitpid (pid, NULL, 0);
    printf ("%" G_GINT64_FORMAT "\t%lu\t%lu\n", (there - began) / 1000, memory, wake_ups);
    return there < end ? EXIT_SUCCESS : EXIT_FAILURE;
}
