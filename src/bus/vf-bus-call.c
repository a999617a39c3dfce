/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the wait for an answer. */
#include "vf-bus-call.h"

/* Authorisation waits for a person and a switch for the kernel: neither has a bound known here. */
#define AS_LONG_AS_IT_TAKES G_MAXINT

typedef struct {
    GMainLoop *loop;
    GAsyncResult *result;
} Wait;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;

    wait->result = g_object_ref (result);
    g_main_loop_quit (wait->loop);
}

GVariant *
vf_bus_call (
    gpointer proxy, const char *method, GVariant *arguments, GDBusCallFlags flags, GError **error)
{
    g_autoptr (GMainLoop) loop = g_main_loop_new (g_main_context_get_thread_default (), FALSE);
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { loop, NULL };

    g_dbus_proxy_call (proxy, method, arguments, flags, AS_LONG_AS_IT_TAKES, NULL, on_answer,
                       &wait);
    g_main_loop_run (loop);
    result = wait.result;
    return g_dbus_proxy_call_finish (proxy, result, error);
}
