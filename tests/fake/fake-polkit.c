/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns polkit's side of CheckAuthorization. */
#include "fake-polkit.h"

typedef struct {
    gboolean holds;
    gboolean refuses;
    char *subject;    /* of the last question */
    GHashTable *open; /* cancellation id -> the call, which its answer takes */
} Polkit;

static void
polkit_free (gpointer data)
{
    Polkit *polkit = data;

    g_hash_table_unref (polkit->open);
    g_free (polkit->subject);
    g_free (polkit);
}

static void
cancel (Polkit *polkit, GVariant *arguments, GDBusMethodInvocation *invocation)
{
    GDBusMethodInvocation *question;
    const char *id;

    g_variant_get (arguments, "(&s)", &id);
    question = g_hash_table_lookup (polkit->open, id);
    if (question == NULL) {
        g_dbus_method_invocation_return_dbus_error (
            invocation, "org.freedesktop.PolicyKit1.Error.Failed", "There is no such question.");
        return;
    }
    g_hash_table_remove (polkit->open, id);
    g_dbus_method_invocation_return_dbus_error (
        question, "org.freedesktop.PolicyKit1.Error.Cancelled", "Cancelled.");
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
hold (Polkit *polkit, GVariant *arguments, GDBusMethodInvocation *invocation)
{
    const char *id;

    g_variant_get_child (arguments, 4, "&s", &id);
    g_assert_true (g_hash_table_insert (polkit->open, g_strdup (id), invocation));
}

static void
read_subject (Polkit *polkit, GVariant *arguments)
{
    g_autoptr (GVariant) details = g_variant_get_child_value (arguments, 2);

    g_free (polkit->subject);
    polkit->subject = NULL;
    g_variant_lookup (details, "virtflow.subject", "s", &polkit->subject);
}

static void
answer (Polkit *polkit, GVariant *arguments, GDBusMethodInvocation *invocation)
{
    read_subject (polkit, arguments);
    if (polkit->holds)
        hold (polkit, arguments, invocation);
    else
        g_dbus_method_invocation_return_value (
            invocation, g_variant_new ("((bba{ss}))", !polkit->refuses, FALSE, NULL));
}

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
    Polkit *polkit = data;

    if (g_str_equal (method, "CancelCheckAuthorization"))
        cancel (polkit, arguments, invocation);
    else
        answer (polkit, arguments, invocation);
}

GDBusConnection *
fake_polkit_play (const char *bus_address)
{
    static const GDBusInterfaceVTable table = { .method_call = on_call };
    Polkit *polkit = g_new0 (Polkit, 1);
    g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
        "<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>"
        "<arg type='u' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='(bba{ss})' direction='out'/></method>"
        "<method name='CancelCheckAuthorization'><arg type='s' direction='in'/></method>"
        "</interface></node>",
        NULL);
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        bus_address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);

    g_assert_nonnull (connection);
    polkit->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_object_set_data_full (G_OBJECT (connection), "polkit", polkit, polkit_free);
    g_dbus_connection_register_object (connection, "/org/freedesktop/PolicyKit1/Authority",
                                       info->interfaces[0], &table, polkit, NULL, NULL);
    g_bus_own_name_on_connection (connection, "org.freedesktop.PolicyKit1", 0, NULL, NULL, NULL,
                                  NULL);
    return connection;
}

void
fake_polkit_hold (GDBusConnection *polkit)
{
    Polkit *data = g_object_get_data (G_OBJECT (polkit), "polkit");

    data->holds = TRUE;
}

void
fake_polkit_refuse (GDBusConnection *polkit)
{
    Polkit *data = g_object_get_data (G_OBJECT (polkit), "polkit");

    data->holds = FALSE;
    data->refuses = TRUE;
}

const char *
fake_polkit_subject (GDBusConnection *polkit)
{
    const Polkit *data = g_object_get_data (G_OBJECT (polkit), "polkit");

    return data->subject;
}

guint
fake_polkit_n_open (GDBusConnection *polkit)
{
    const Polkit *data = g_object_get_data (G_OBJECT (polkit), "polkit");

    return g_hash_table_size (data->open);
}
