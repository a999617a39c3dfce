/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of the libvirt to talk to, and the thread that waits for it. */
#include "vfc-libvirt.h"

#include <glib/gi18n-lib.h>

virConnect *
vfc_libvirt_open (const VfcRun *run, GError **error)
{
    const char *uri = run->libvirt_uri;
    gboolean from_environment = uri == NULL;
    virConnect *connection;

    if (from_environment)
        uri = g_getenv ("LIBVIRT_DEFAULT_URI");
    connection = vf_libvirt_open (uri != NULL && *uri != '\0' ? uri : NULL, error);
    if (connection == NULL && from_environment && error != NULL
        && vf_error_is (*error, VF_REASON_FOREIGN_LIBVIRT))
        g_prefix_error (error,
                        _ ("The variable LIBVIRT_DEFAULT_URI names another libvirt; unset it, or "
                           "say --connect %s. "),
                        VF_LIBVIRT_URI);
    return connection;
}

typedef struct {
    const VfcRun *run;
    virConnect *connection;
    GError *error;
    GAsyncQueue *answered;
} Opening;

static gpointer
open_in_thread (gpointer data)
{
    Opening *opening = data;

    opening->connection = vfc_libvirt_open (opening->run, &opening->error);
    g_async_queue_push (opening->answered, opening);
    return NULL;
}

virConnect *
vfc_libvirt_open_within (const VfcRun *run, guint seconds, GError **error)
{
    Opening *opening = g_new0 (Opening, 1);
    virConnect *connection;

    opening->run = run;
    opening->answered = g_async_queue_new ();
    g_thread_unref (g_thread_new ("open-libvirt", open_in_thread, opening));
    if (g_async_queue_timeout_pop (opening->answered, seconds * G_USEC_PER_SEC) == NULL) {
        vf_error_set (error, VF_REASON_NO_LIBVIRT, "libvirt has not answered for %u seconds.",
                      seconds);
        return NULL;
    }
    connection = opening->connection;
    if (connection == NULL)
        g_propagate_error (error, opening->error);
    g_async_queue_unref (opening->answered);
    g_free (opening);
    return connection;
}

typedef struct {
    VfcWork work;
    gpointer data;
    GMainLoop *loop;
    gboolean done;
    GError *error;
} Job;

static gboolean
quit (gpointer data)
{
    g_main_loop_quit (data);
    return G_SOURCE_REMOVE;
}

static gpointer
run_job (gpointer data)
{
    Job *job = data;
    g_autoptr (GMainContext) context = g_main_context_new ();

    /* Calls to the daemon wait in a context of this thread, not in that of the main loop. */
    g_main_context_push_thread_default (context);
    job->done = job->work (job->data, &job->error);
    g_main_context_pop_thread_default (context);
    /* An idle source, so that the loop is left only once it runs. */
    g_idle_add (quit, job->loop);
    return NULL;
}

gboolean
vfc_libvirt_wait_for (VfcWork work, gpointer data, GError **error)
{
    g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
    Job job = { .work = work, .data = data, .loop = loop };
    GThread *thread = g_thread_new ("libvirt", run_job, &job);

    g_main_loop_run (loop);
    g_thread_join (thread);
    if (!job.done)
        g_propagate_error (error, job.error);
    return job.done;
}
