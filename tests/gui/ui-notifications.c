/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the notifications that were sent. */
#include "ui-notifications.h"

#include <string.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char description[] =
    "<node><interface name='" NAME "'>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

struct _UiNotifications {
    char *address;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    GMutex mutex;
    GString *said;
    guint n_notifications;
    gint ready;
};

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
    UiNotifications *self = data;
    const char *title, *text;

    if (strcmp (method, "GetCapabilities") == 0) {
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new_parsed ("([ 'body', 'actions' ],)"));
    } else if (strcmp (method, "Notify") == 0) {
        g_variant_get (arguments, "(&su&s&s&s@as@a{sv}i)", NULL, NULL, NULL, &title, &text, NULL,
                       NULL, NULL);
        g_mutex_lock (&self->mutex);
        g_string_append_printf (self->said, "%s\n%s\n", title, text);
        g_mutex_unlock (&self->mutex);
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new ("(u)", ++self->n_notifications));
    } else {
        g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static gpointer
play (gpointer data)
{
    static const GDBusInterfaceVTable methods = { .method_call = on_call };
    UiNotifications *self = data;
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (description, NULL);
    g_autoptr (GDBusConnection) connection = NULL;
    g_autoptr (GVariant) owned = NULL;
    GError *error = NULL;

    g_main_context_push_thread_default (self->context);
    connection = g_dbus_connection_new_for_address_sync (
        self->address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);
    g_assert_no_error (error);
    g_dbus_connection_register_object (connection, PATH, node->interfaces[0], &methods, self, NULL,
                                       &error);
    g_assert_no_error (error);
    owned = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus",
                                         "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "RequestName", g_variant_new ("(su)", NAME, 0), NULL,
                                         G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error (error);
    g_atomic_int_set (&self->ready, TRUE);
    g_main_loop_run (self->loop);
    g_dbus_connection_close_sync (connection, NULL, NULL);
    g_main_context_pop_thread_default (self->context);
    return NULL;
}

UiNotifications *
ui_notifications_play (const char *address)
{
    UiNotifications *self = g_new0 (UiNotifications, 1);

    self->address = g_strdup (address);
    self->said = g_string_new (NULL);
    self->context = g_main_context_new ();
    self->loop = g_main_loop_new (self->context, FALSE);
    g_mutex_init (&self->mutex);
    self->thread = g_thread_new ("notifications", play, self);
    while (!g_atomic_int_get (&self->ready))
        g_thread_yield ();
    return self;
}

void
ui_notifications_free (UiNotifications *self)
{
    g_main_loop_quit (self->loop);
    g_thread_join (self->thread);
    g_main_loop_unref (self->loop);
    g_main_context_unref (self->context);
    g_string_free (self->said, TRUE);
    g_mutex_clear (&self->mutex);
    g_free (self->address);
    g_free (self);
}

gboolean
ui_notifications_have (UiNotifications *self, const char *text)
{
    gboolean have;

    g_mutex_lock (&self->mutex);
    have = strstr (self->said->str, text) != NULL;
    g_mutex_unlock (&self->mutex);
    return have;
}
