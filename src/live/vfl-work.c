/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the threads of calls that block. */
#include "vfl-work.h"

typedef struct {
    VflWork work;
    gpointer data;
    GDestroyNotify free_data;
    GDestroyNotify free_result;
} Job;

static void
free_job (gpointer data)
{
    Job *job = data;

    if (job->free_data != NULL)
        job->free_data (job->data);
    g_free (job);
}

static gboolean
let_go (gpointer task)
{
    g_object_unref (task);
    return G_SOURCE_REMOVE;
}

/* In the loop of the caller: what the task holds must not be finalized in the thread. */
static void
let_go_later (GTask *task)
{
    g_autoptr (GSource) source = g_idle_source_new ();

    g_source_set_callback (source, let_go, task, NULL);
    g_source_attach (source, g_task_get_context (task));
}

static gpointer
run (gpointer data)
{
    GTask *task = data;
    const Job *job = g_task_get_task_data (task);
    g_autoptr (GMainContext) context = g_main_context_new ();
    GError *error = NULL;
    gpointer result;

    g_main_context_push_thread_default (context);
    result = job->work (job->data, g_task_get_cancellable (task), &error);
    /* What a D-Bus proxy had subscribed to is freed by its loop (gdbusconnection.c). */
    while (g_main_context_iteration (context, FALSE))
        continue;
    g_main_context_pop_thread_default (context);
    if (result == NULL)
        g_task_return_error (task, error);
    else
        g_task_return_pointer (task, result, job->free_result);
    let_go_later (task);
    return NULL;
}

void
vfl_work_start (GObject *source,
                VflWork work,
                gpointer data,
                GDestroyNotify free_data,
                GDestroyNotify free_result,
                GCancellable *cancellable,
                GAsyncReadyCallback done,
                gpointer user_data)
{
    GTask *task = g_task_new (source, cancellable, done, user_data);
    Job job = { work, data, free_data, free_result };

    /* What the work itself says of a cancellation counts: it may have ended in time. */
    g_task_set_check_cancellable (task, FALSE);
    g_task_set_task_data (task, g_memdup2 (&job, sizeof job), free_job);
    g_thread_unref (g_thread_new ("work", run, task));
}

gpointer
vfl_work_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
