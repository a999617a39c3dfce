/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a switch costs by itself: switch-bench PROGRAMS. The real daemon lends and returns a GPU of
 * a fake machine; with a process for each helper as on a host (PROGRAMS is the folder of those for
 * fake machines), and with threads instead, so without process starts. A fake kernel's writes cost
 * something as well, which is no cost of VirtFlow's: with threads it is seen and taken off. Prints
 * a line per figure: name, value, unit, bound; a bound of - stands for none. */
#include "fake-daemon.h"
#include "fake-polkit.h"
#include "vf-client.h"
#include "vfp-service.h"
#include "vfw-service.h"

#include <stdlib.h>

#define MACHINE "lab"
#define ADDRESS "0000:01:00.0"
#define ROUNDS 10

/* The door to the fake kernel with a watch beside it. */
typedef struct {
    VfwKernel door;
    VfwKernel *fake;
    gint64 spent; /* microseconds since it was last taken */
} WatchedKernel;

typedef struct {
    FakeDaemon *daemon;
    gboolean in_threads;  /* the helpers are */
    WatchedKernel kernel; /* of the worker that is a thread */
} Stage;

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

static void
serve_worker (int connection, gpointer data)
{
    Stage *stage = data;

    vfw_service_run (connection, fake_daemon_host (stage->daemon)->root, &stage->kernel.door);
}

static void
serve_probe (int connection, gpointer data)
{
    Stage *stage = data;

    vfp_service_run (connection, fake_daemon_host (stage->daemon)->root);
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

    if (!stage->in_threads) {
        g_print ("own cost of a %s, native, fake kernel\t%.1f\tms\t20\n", what, own);
        return;
    }
    g_print ("own cost of a %s, without process starts\t%.1f\tms\t5\n", what, own);
    g_print ("    the fake kernel's writes, not counted\t%.1f\tms\t-\n", fake);
}

static void
measure_all (Stage *stage)
{
    const char *bus = fake_daemon_bus (stage->daemon);
    G_GNUC_UNUSED g_autoptr (GDBusConnection) polkit = fake_polkit_play (bus);
    g_autoptr (VfClient) client = vf_client_new (bus, NULL);
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

static void
run_stage (const char *programs, gboolean in_threads)
{
    Stage stage = { .daemon = fake_daemon_new (MACHINE, programs, NULL), .in_threads = in_threads };

    stage.kernel.door = (VfwKernel){ watched_write, watched_set_mode };
    stage.kernel.fake = &fake_daemon_host (stage.daemon)->kernel->kernel;
    if (in_threads) {
        fake_daemon_serve (stage.daemon, "worker", serve_worker, &stage);
        fake_daemon_serve (stage.daemon, "probe", serve_probe, &stage);
    }
    fake_daemon_start (stage.daemon);
    measure_all (&stage);
    fake_daemon_free (stage.daemon);
}

int
main (int argc, char **argv)
{
    if (argc != 2) {
        g_printerr ("usage: switch-bench PROGRAMS\n");
        return 2;
    }
    run_stage (argv[1], FALSE);
    run_stage (argv[1], TRUE);
    return 0;
}
