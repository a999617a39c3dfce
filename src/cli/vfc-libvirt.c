/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of the libvirt to talk to, and the thread that waits for it. */
#include "vfc-libvirt.h"

#include <glib/gi18n-lib.h>

/* It may be asking a person for a password; so after as long again it is asked only whether it is
 * there at all. */
#define OPEN_SECONDS 10

/* Of a connection that has one: a ping every so often, and so many that may stay without an answer
 * before each call on it fails. */
#define PING_SECONDS 5
#define LOST_PINGS 5

typedef virConnect *(*Open) (const VfcRun *run, GError **error);

typedef struct {
    Open open;
    const VfcRun *run;
    virConnect *connection;
    GError *error;
    GAsyncQueue *answered;
    GThread *thread;
} Opening;

static virConnect *
open_to_work (const VfcRun *run, GError **error)
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
    if (connection != NULL)
        virConnectSetKeepAlive (connection, PING_SECONDS, LOST_PINGS);
    return connection;
}

/* Nobody is asked for a password for that. */
static virConnect *
open_to_look (const VfcRun *run, GError **error)
{
    return vf_libvirt_open_to_look (error);
}

static gpointer
open_in_thread (gpointer data)
{
    Opening *opening = data;

    opening->connection = opening->open (opening->run, &opening->error);
    g_async_queue_push (opening->answered, opening);
    return NULL;
}

static Opening *
begin_opening (Open open, const VfcRun *run)
{
    Opening *opening = g_new0 (Opening, 1);

    opening->open = open;
    opening->run = run;
    opening->answered = g_async_queue_new ();
    opening->thread = g_thread_new ("open-libvirt", open_in_thread, opening);
    return opening;
}

/* One that has not ended is left behind: its thread still writes to it. */
static gboolean
has_ended_within (Opening *opening, guint seconds)
{
    return g_async_queue_timeout_pop (opening->answered, seconds * G_USEC_PER_SEC) != NULL;
}

/* Of one that has ended. What libraries keep for a thread they free in it, and no more once the
 * process has begun to exit. */
static virConnect *
end_opening (Opening *opening, GError **error)
{
    virConnect *connection;

    g_thread_join (opening->thread);
    connection = opening->connection;
    if (connection == NULL)
        g_propagate_error (error, opening->error);
    g_async_queue_unref (opening->answered);
    g_free (opening);
    return connection;
}

/* Also when it refuses, or has ended: then the other attempt says so. */
static gboolean
libvirt_says_something (const VfcRun *run)
{
    Opening *opening = begin_opening (open_to_look, run);
    virConnect *connection;

    if (!has_ended_within (opening, OPEN_SECONDS))
        return FALSE;
    connection = end_opening (opening, NULL);
    if (connection != NULL)
        virConnectClose (connection);
    return TRUE;
}

static virConnect *
set_silent_error (guint seconds, GError **error)
{
    vf_error_set (
        error, VF_REASON_NO_LIBVIRT,
        "libvirt has not answered for %u seconds. \"journalctl -u libvirtd\" shows what it "
        "does; \"systemctl restart libvirtd\" starts it anew and leaves VMs running.",
        seconds);
    return NULL;
}

virConnect *
vfc_libvirt_open (const VfcRun *run, GError **error)
{
    Opening *opening = begin_opening (open_to_work, run);

    while (!has_ended_within (opening, OPEN_SECONDS)) {
        if (!libvirt_says_something (run))
            return set_silent_error (2 * OPEN_SECONDS, error);
    }
    return end_opening (opening, error);
}

virConnect *
vfc_libvirt_open_within (const VfcRun *run, guint seconds, GError **error)
{
    Opening *opening = begin_opening (open_to_work, run);

    return has_ended_within (opening, seconds) ? end_opening (opening, error)
                                               : set_silent_error (seconds, error);
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
