/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ordinary user who calls the daemon in every wrong way, or all the time: nothing changes, the
 * daemon does not grow, and root and libvirt's hook get their answers. The first argument is the
 * folder of the programs for fake machines; with "stranger" in its place this program is that user.
 */
#include "desk.h"

#include "fake-polkit.h"
#include "fake-tree.h"
#include "stranger.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOOK VF_BUS_HOOK_INTERFACE "."
#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

#define STRANGER 1000

#define N_RANDOM_CALLS 3000
#define N_CONNECTIONS 250 /* the bus lets a user have 256 */
#define N_CALLS 128

/* The sanitizers are slow, and hold back what was freed. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Milliseconds in which the daemon answers; and in which it and a bus do, which somebody gives new
 * work as soon as he has an answer. How long that takes under the sanitizers says something of them
 * and of the machine. */
#define PROMPT (SANITIZED ? UNMEASURED : 100)
#define PROMPT_IN_FLOOD (SANITIZED ? UNMEASURED : 5000)
#define UNMEASURED 25000

/* KiB that it may take while it is flooded; the quarantine of the address sanitizer alone has 256
 * MiB. */
#define GROWTH (SANITIZED ? 768 * 1024 : 24 * 1024)

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const char *programs;
static const char *program; /* this one */

typedef struct {
    DaemonStage *stage;
    GDBusConnection *root;
    GDBusConnection *polkit;
    char *gpu_path;
    char *before; /* how the machine looked */
} Fixture;

static GError *
call_host (Fixture *fixture, const char *method, GVariant *arguments)
{
    return daemon_stage_call (fixture->root, VF_BUS_HOST_PATH, method, arguments);
}

/* root's; the caller owns the error. */
static GError *
setup_call (Fixture *fixture, const char *method)
{
    GError *error = NULL;
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        fixture->root, VF_BUS_SETUP_NAME, VF_BUS_SETUP_PATH, VF_BUS_SETUP_INTERFACE, method, NULL,
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    return error;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->stage = daemon_stage_new_for_all ("lab", programs, NULL);
    fixture->gpu_path = vf_bus_gpu_path (gpu);
    fixture->polkit = fake_polkit_play (daemon_stage_bus_address (fixture->stage));
    daemon_stage_start (fixture->stage);
    fixture->root = daemon_stage_connect (fixture->stage);
    g_assert_no_error (daemon_stage_call (fixture->root, fixture->gpu_path, GPU "Pair",
                                          desk_pair_arguments (TRUE)));
    g_assert_no_error (call_host (fixture, HOST "ConfirmPairing",
                                  g_variant_new ("(s^ay)", DESK_UUID, "<domain>with</domain>")));
    fixture->before = fake_host_fingerprint (daemon_stage_host (fixture->stage));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_dbus_connection_close_sync (fixture->root, NULL, NULL);
    g_object_unref (fixture->root);
    g_dbus_connection_close_sync (fixture->polkit, NULL, NULL);
    g_object_unref (fixture->polkit);
    daemon_stage_free (fixture->stage);
    g_free (fixture->gpu_path);
    g_free (fixture->before);
}

static void
let_polkit_answer (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

static GSubprocess *
start_stranger (Fixture *fixture, const char *what, guint32 number)
{
    g_autofree char *text = g_strdup_printf ("%u", number);
    g_autoptr (GError) error = NULL;
    GSubprocess *stranger = g_subprocess_new (
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "stranger",
        what, daemon_stage_bus_address (fixture->stage), text, NULL);

    g_assert_no_error (error);
    return stranger;
}

/* In KiB. */
static guint
memory_of_daemon (Fixture *fixture, const char *which)
{
    g_autofree char *path =
        g_strdup_printf ("/proc/%d/status", fake_daemon_pid (daemon_stage_daemon (fixture->stage)));
    g_autofree char *text = NULL;
    const char *line;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    line = strstr (text, which);
    g_assert_nonnull (line);
    return (guint) g_ascii_strtoull (line + strlen (which), NULL, 10);
}

/* How long the daemon takes for something, again and again. */
typedef struct {
    const char *what;
    GArray *milliseconds; /* double */
} Watch;

static Watch
watch_new (const char *what)
{
    return (Watch){ what, g_array_new (FALSE, FALSE, sizeof (double)) };
}

static void
watch_add (Watch *watch, gint64 began)
{
    double taken = (double) (g_get_monotonic_time () - began) / 1000;

    g_array_append_val (watch->milliseconds, taken);
}

static int
compare (gconstpointer a, gconstpointer b)
{
    double first = *(const double *) a, second = *(const double *) b;

    return (first > second) - (first < second);
}

/* Of a hundred answers 95 are prompt: there may be other work on this machine. */
static void
watch_judge (Watch *watch, double prompt)
{
    GArray *taken = watch->milliseconds;
    double middle, most, longest;

    g_array_sort (taken, compare);
    g_assert_cmpuint (taken->len, >, 0);
    middle = g_array_index (taken, double, taken->len / 2);
    most = g_array_index (taken, double, taken->len * 95 / 100);
    longest = g_array_index (taken, double, taken->len - 1);
    g_test_message ("%s: %u times, middle %.1f ms, 95%% within %.1f ms, longest %.1f ms",
                    watch->what, taken->len, middle, most, longest);
    g_assert_cmpfloat (most, <, prompt);
    g_array_unref (taken);
}

static void
ask_for_pairings (Fixture *fixture, Watch *watch)
{
    gint64 began = g_get_monotonic_time ();

    g_assert_no_error (call_host (fixture, HOST "ListPairings", NULL));
    watch_add (watch, began);
}

static void
assert_small (Fixture *fixture, guint before)
{
    guint most = memory_of_daemon (fixture, "VmHWM:"), after = memory_of_daemon (fixture, "VmRSS:");

    g_test_message ("the daemon's memory: %u KiB before, %u at most, %u after", before, most,
                    after);
    g_assert_cmpuint (most, <, before + GROWTH);
}

static char *
pairings_text (Fixture *fixture)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        fixture->root, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "ListPairings", NULL,
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    g_assert_no_error (error);
    return g_variant_print (answer, FALSE);
}

static void
assert_untouched (Fixture *fixture, const char *pairings)
{
    g_autofree char *now = pairings_text (fixture);
    g_autofree char *log = fake_daemon_log (daemon_stage_daemon (fixture->stage));

    g_assert_cmpstr (now, ==, pairings);
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "host"));
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "untouched");
    if (strstr (log, "CRITICAL") != NULL || strstr (log, "ERROR") != NULL)
        g_error ("the daemon's log: %s", log);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
    *(gboolean *) data = TRUE;
}

static void
await_end (GSubprocess *stranger)
{
    gboolean ended = FALSE;

    g_subprocess_wait_async (stranger, NULL, on_ended, &ended);
    while (!ended)
        g_main_context_iteration (NULL, TRUE);
    g_test_message ("the stranger's status: %d", g_subprocess_get_status (stranger));
    g_assert_true (g_subprocess_get_successful (stranger));
}

/* The service that changes the host, which is root. */
static GSubprocess *
start_setup (Fixture *fixture, const char *folder)
{
    g_autofree char *path = g_build_filename (programs, "virtflow-setup-fake", NULL);
    GSubprocess *service =
        g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, path,
                          daemon_stage_bus_address (fixture->stage), folder, NULL);

    g_assert_nonnull (service);
    for (GError *error = NULL; (error = setup_call (fixture, "ListChanges")) != NULL;
         g_error_free (error))
        g_usleep (5000);
    return service;
}

static void
test_random_calls_of_setup (Fixture *fixture, gconstpointer data)
{
    const char *folder = daemon_stage_host (fixture->stage)->folder;
    g_autofree char *hook = g_build_filename (folder, "etc/libvirt", NULL);
    g_autofree char *manifest = g_build_filename (folder, "var/lib/virtflow-setup", NULL);
    guint32 seed = (guint32) g_test_rand_int ();
    g_autoptr (GSubprocess) service = NULL;
    g_autoptr (GSubprocess) stranger = NULL;

    fake_tree_write (folder, "usr/lib/libvirt/virtflow-hook", "");
    service = start_setup (fixture, folder);
    fake_polkit_refuse (fixture->polkit);
    g_test_message ("seed %u", seed);
    stranger = start_stranger (fixture, "random-setup", seed);
    await_end (stranger);
    g_assert_no_error (setup_call (fixture, "ListChanges"));
    g_assert_false (g_file_test (hook, G_FILE_TEST_EXISTS));
    g_assert_false (g_file_test (manifest, G_FILE_TEST_EXISTS));
    g_subprocess_send_signal (service, SIGTERM);
    g_subprocess_wait (service, NULL, NULL);
    g_assert_cmpint (g_subprocess_get_term_sig (service), ==, SIGTERM);
}

static void
test_random_calls (Fixture *fixture, gconstpointer data)
{
    g_autofree char *pairings = pairings_text (fixture);
    guint before = memory_of_daemon (fixture, "VmRSS:");
    guint32 seed = (guint32) g_test_rand_int ();
    Watch watch = watch_new ("ListPairings");
    g_autoptr (GSubprocess) stranger = NULL;
    gboolean ended = FALSE;

    fake_polkit_refuse (fixture->polkit);
    g_test_message ("seed %u", seed);
    stranger = start_stranger (fixture, "random", seed);
    g_subprocess_wait_async (stranger, NULL, on_ended, &ended);
    while (!ended) {
        let_polkit_answer ();
        ask_for_pairings (fixture, &watch);
        g_usleep (2000);
    }
    g_test_message ("the stranger's status: %d", g_subprocess_get_status (stranger));
    g_assert_true (g_subprocess_get_successful (stranger));
    assert_untouched (fixture, pairings);
    watch_judge (&watch, PROMPT);
    assert_small (fixture, before);
}

/* Each time over a connection of its own, as the hook does it. */
static void
call_as_hook (Fixture *fixture, const char *method, GVariant *arguments, Watch *watch)
{
    gint64 began = g_get_monotonic_time ();
    g_autoptr (GDBusConnection) hook = daemon_stage_connect (fixture->stage);

    g_assert_no_error (daemon_stage_call (hook, VF_BUS_HOST_PATH, method, arguments));
    watch_add (watch, began);
    g_dbus_connection_close_sync (hook, NULL, NULL);
}

static void
ask_bus (Fixture *fixture)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        fixture->root, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

    g_assert_nonnull (answer);
}

/* A VM starts and stops, and somebody looks on. */
static void
live_on (Fixture *fixture, guint n_starts, double prompt)
{
    Watch bus = watch_new ("the bus itself"), list = watch_new ("ListPairings"),
          start = watch_new ("Prepare"), end = watch_new ("Release");

    for (guint i = 0; i < n_starts; i++) {
        gint64 began = g_get_monotonic_time ();

        ask_bus (fixture);
        watch_add (&bus, began);
        call_as_hook (fixture, HOOK "Prepare", desk_prepare_arguments (DESK_UUID, TRUE), &start);
        for (guint j = 0; j < 10; j++) {
            let_polkit_answer ();
            ask_for_pairings (fixture, &list);
        }
        call_as_hook (fixture, HOOK "Release", g_variant_new ("(s)", DESK_UUID), &end);
        daemon_stage_await (fixture->stage, gpu, "host");
    }
    watch_judge (&bus, prompt);
    watch_judge (&list, prompt);
    watch_judge (&start, prompt);
    watch_judge (&end, prompt);
}

static char *
read_line (GSubprocess *stranger)
{
    g_autoptr (GDataInputStream) output =
        g_data_input_stream_new (g_subprocess_get_stdout_pipe (stranger));
    char *line;

    g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
    line = g_data_input_stream_read_line_utf8 (output, NULL, NULL, NULL);
    g_assert_nonnull (line);
    return line;
}

/* All his calls at once, or that and a new one whenever one is answered. polkit's questions stay
 * open: somebody has left the dialogs on his screen. */
static void
flood (Fixture *fixture, gboolean ceaseless)
{
    g_autofree char *pairings = pairings_text (fixture);
    guint before = memory_of_daemon (fixture, "VmRSS:");
    g_autoptr (GSubprocess) stranger = NULL;
    g_autofree char *ready = NULL;
    g_autofree char *counts = NULL;
    guint n_answered, n_refused;

    fake_polkit_hold (fixture->polkit);
    stranger = start_stranger (fixture, "flood", (guint32) ceaseless);
    ready = read_line (stranger);
    g_assert_cmpstr (ready, ==, "flooding");
    live_on (fixture, ceaseless ? 5 : 40, ceaseless ? PROMPT_IN_FLOOD : PROMPT);
    g_output_stream_close (g_subprocess_get_stdin_pipe (stranger), NULL, NULL);
    counts = read_line (stranger);
    g_assert_true (g_subprocess_wait_check (stranger, NULL, NULL));
    let_polkit_answer ();
    g_test_message ("answered, and of these refused for their number: %s", counts);
    g_assert_cmpint (sscanf (counts, "%u %u", &n_answered, &n_refused), ==, 2);
    g_assert_cmpuint (n_answered, >, N_CONNECTIONS);
    g_assert_cmpuint (n_refused, >, n_answered / 4);
    g_test_message ("questions open: %u", fake_polkit_n_open (fixture->polkit));
    g_assert_cmpuint (fake_polkit_n_open (fixture->polkit), <=, 16);
    assert_small (fixture, before);
    assert_untouched (fixture, pairings);
}

static void
test_flood (Fixture *fixture, gconstpointer data)
{
    flood (fixture, FALSE);
}

static void
test_ceaseless_flood (Fixture *fixture, gconstpointer data)
{
    flood (fixture, TRUE);
}

/* The name of a VM on its way to a terminal, a log and polkit's dialog. */
static void
test_names (Fixture *fixture, gconstpointer data)
{
    static const char name[] = "a\nb\033[2J\302\23331m\u202egnp\u2028end";
    static const char *const raw[] = { "\033", "\xc2\x9b", "\u202e", "\u2028", "a\nb" };
    g_autoptr (GSubprocess) stranger = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *said = NULL;
    g_autofree char *log = NULL;

    fake_polkit_refuse (fixture->polkit);
    stranger = start_stranger (fixture, "names", 0);
    await_end (stranger);
    said = g_strdup (fake_polkit_subject (fixture->polkit));
    g_assert_nonnull (strstr (said, "for the VM a\\x0ab\\x1b[2J\\x9b31m\\x202egnp\\x2028end"));
    g_assert_no_error (
        daemon_stage_call (fixture->root, fixture->gpu_path, GPU "Pair",
                           g_variant_new ("(ss^aya{sv})", "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02",
                                          name, "<domain/>", NULL)));
    /* Whoever wants the card now is told who has it, and so is the log. */
    error = daemon_stage_call (fixture->root, fixture->gpu_path, GPU "Switch",
                               g_variant_new ("(sa{sv})", "vfio", NULL));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "\\x1b[2J\\x9b31m\\x202egnp"));
    log = fake_daemon_log (daemon_stage_daemon (fixture->stage));
    g_assert_nonnull (strstr (log, "\\x1b[2J\\x9b31m\\x202egnp"));
    for (gsize i = 0; i < G_N_ELEMENTS (raw); i++) {
        g_assert_null (strstr (said, raw[i]));
        g_assert_null (strstr (error->message, raw[i]));
        g_assert_null (strstr (log, raw[i]));
    }
}

#define STORY(name) g_test_add ("/abuse/" #name, Fixture, NULL, set_up, test_##name, tear_down)

static void
become_stranger (void)
{
    g_assert_cmpint (setgroups (0, NULL), ==, 0);
    g_assert_cmpint (setgid (STRANGER), ==, 0);
    g_assert_cmpint (setuid (STRANGER), ==, 0);
}

/* A Pair with a name that means no good. */
static int
ask_with_name (const char *address)
{
    g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    g_autofree char *path = vf_bus_gpu_path (gpu);
    g_autoptr (GError) error = daemon_stage_call (
        connection, path, GPU "Pair",
        g_variant_new ("(ss^aya{sv})", "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a03",
                       "a\nb\033[2J\302\23331m\u202egnp\u2028end", "<domain/>", NULL));

    return error != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
call_at_random (const char *address, const char *name, const char *seed)
{
    return stranger_call_everything (address, name, (guint32) g_ascii_strtoull (seed, NULL, 10),
                                     N_RANDOM_CALLS)
                   == 0
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}

static int
be_stranger (const char *what, const char *address, const char *number)
{
    become_stranger ();
    if (strcmp (what, "names") == 0)
        return ask_with_name (address);
    if (strcmp (what, "random") == 0)
        return call_at_random (address, VF_BUS_NAME, number);
    if (strcmp (what, "random-setup") == 0)
        return call_at_random (address, VF_BUS_SETUP_NAME, number);
    stranger_flood (address, N_CONNECTIONS, N_CALLS, strcmp (number, "1") == 0);
    return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

    if (argc == 5 && strcmp (argv[1], "stranger") == 0)
        return be_stranger (argv[2], argv[3], argv[4]);
    /* It takes two users: root of a namespace that has others as well. */
    if (geteuid () != 0) {
        execlp ("unshare", "unshare", "--map-root-user", "--map-auto", argv[0], argv[1], NULL);
        g_error ("unshare cannot be run");
    }
    g_setenv ("G_DEBUG", "fatal-criticals", TRUE);
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (argc, ==, 2);
    programs = argv[1];
    program = self;
    STORY (random_calls);
    STORY (random_calls_of_setup);
    STORY (flood);
    STORY (ceaseless_flood);
    STORY (names);
    return g_test_run ();
}
