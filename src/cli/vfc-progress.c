/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the steps of a switch are shown while it runs. */
#include "vfc-progress.h"

#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _VfcProgress {
    VfClientGpu *gpu;
    gulong handler;
    GVariant *shown; /* the steps as they were last looked at; NULL when there were none */
    guint n_ended;   /* how many of them have their line */
    gboolean running_line;
};

typedef struct {
    const char *what;
    const char *status;
    guint64 took; /* in microseconds */
} Step;

static Step
step_at (GVariant *steps, guint index)
{
    Step step;

    g_variant_get_child (steps, index, "(&s&st)", &step.what, &step.status, &step.took);
    return step;
}

/* The same switch goes on as long as the list begins with what was shown and no step falls back:
 * the steps of its way back stand behind those that led to a failure. */
static gboolean
is_other_switch (VfcProgress *progress, GVariant *steps)
{
    gsize n_steps = progress->shown != NULL ? g_variant_n_children (progress->shown) : 0;

    if (progress->shown == NULL || n_steps > g_variant_n_children (steps))
        return TRUE;
    for (guint i = 0; i < n_steps; i++) {
        Step before = step_at (progress->shown, i);
        Step now = step_at (steps, i);

        if (strcmp (before.what, now.what) != 0 || (before.took != 0 && before.took != now.took))
            return TRUE;
    }
    return FALSE;
}

static void
clear_running_line (VfcProgress *progress)
{
    if (progress->running_line)
        fputs ("\r\033[K", stderr);
    progress->running_line = FALSE;
}

static void
show_step (VfcProgress *progress, GVariant *steps, guint index)
{
    Step step = step_at (steps, index);
    guint n_steps = (guint) g_variant_n_children (steps);
    g_autofree char *what = vf_translation_of (step.what);
    gboolean failed = strcmp (step.status, "failed") == 0;

    if (strcmp (step.status, "done") == 0 || failed) {
        if (index < progress->n_ended)
            return;
        clear_running_line (progress);
        vfc_say ("[%u/%u] %s%s  %.1f ms", index + 1, n_steps, what, failed ? _ (": failed") : "",
                 (double) step.took / 1000);
        progress->n_ended = index + 1;
    } else if (strcmp (step.status, "running") == 0 && isatty (STDERR_FILENO)) {
        clear_running_line (progress);
        fprintf (stderr, "[%u/%u] %s ...", index + 1, n_steps, what);
        fflush (stderr);
        progress->running_line = TRUE;
    }
}

static void
show (VfcProgress *progress, GVariant *steps)
{
    if (is_other_switch (progress, steps))
        progress->n_ended = 0;
    for (guint i = 0; i < g_variant_n_children (steps); i++)
        show_step (progress, steps, i);
    g_clear_pointer (&progress->shown, g_variant_unref);
    progress->shown = g_variant_ref (steps);
}

static void
on_steps (GObject *gpu, GParamSpec *property, gpointer data)
{
    GVariant *steps = vf_dbus_gpu_get_steps (VF_DBUS_GPU (gpu));

    if (steps != NULL)
        show (data, steps);
}

VfcProgress *
vfc_progress_new (VfClientGpu *gpu)
{
    VfcProgress *progress = g_new0 (VfcProgress, 1);
    GVariant *steps = vf_dbus_gpu_get_steps (gpu);

    progress->gpu = g_object_ref (gpu);
    progress->handler = g_signal_connect (gpu, "notify::steps", G_CALLBACK (on_steps), progress);
    if (steps != NULL) {
        /* Those of the last switch are old news. */
        progress->shown = g_variant_ref (steps);
        progress->n_ended = (guint) g_variant_n_children (steps);
    }
    return progress;
}

void
vfc_progress_free (VfcProgress *progress)
{
    g_signal_handler_disconnect (progress->gpu, progress->handler);
    clear_running_line (progress);
    g_clear_pointer (&progress->shown, g_variant_unref);
    g_object_unref (progress->gpu);
    g_free (progress);
}
