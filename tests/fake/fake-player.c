/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the thread of a program that is played. */
#include "fake-player.h"

struct _FakePlayer {
    const char *address, *name, *path, *description;
    FakePlayerAnswer answer;
    gpointer data;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
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
    const FakePlayer *self = data;

    self->answer (method, arguments, invocation, self->data);
}

static gpointer
play (gpointer data)
{
    static const GDBusInterfaceVTable methods = { .method_call = on_call };
    FakePlayer *self = data;
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (self->description, NULL);
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
    g_dbus_connection_register_object (connection, self->path, node->interfaces[0], &methods, self,
                                       NULL, &error);
    g_assert_no_error (error);
    owned = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus",
                                         "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "RequestName", g_variant_new ("(su)", self->name, 0), NULL,
                                         G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error (error);
    g_atomic_int_set (&self->ready, TRUE);
    g_main_loop_run (self->loop);
    g_dbus_connection_close_sync (connection, NULL, NULL);
    g_main_context_pop_thread_default (self->context);
    return NULL;
}

FakePlayer *
fake_player_new (const char *address,
                 const char *name,
                 const char *path,
                 const char *description,
                 FakePlayerAnswer answer,
                 gpointer data)
{
    FakePlayer *self = g_new0 (FakePlayer, 1);

    self->address = address;
    self->name = name;
    self->path = path;
    self->description = description;
    self->answer = answer;
    self->data = data;
    self->context = g_main_context_new ();
    self->loop = g_main_loop_new (self->context, FALSE);
    self->thread = g_thread_new (name, play, self);
    while (!g_atomic_int_get (&self->ready))
        g_thread_yield ();
    return self;
}

void
fake_player_free (FakePlayer *self)
{
    g_main_loop_quit (self->loop);
    g_thread_join (self->thread);
    g_main_loop_unref (self->loop);
    g_main_context_unref (self->context);
    g_free (self);
}
