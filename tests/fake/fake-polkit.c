/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns polkit's side of CheckAuthorization. */
#include "fake-polkit.h"

static void
say_yes (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("((bba{ss}))", TRUE, FALSE, NULL));
}

GDBusConnection *
fake_polkit_play (const char *bus_address)
{
    static const GDBusInterfaceVTable table = { .method_call = say_yes };
    g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
        "<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>"
        "<arg type='u' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='(bba{ss})' direction='out'/></method></interface></node>",
        NULL);
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        bus_address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);

    g_assert_nonnull (connection);
    g_dbus_connection_register_object (connection, "/org/freedesktop/PolicyKit1/Authority",
                                       info->interfaces[0], &table, NULL, NULL, NULL);
    g_bus_own_name_on_connection (connection, "org.freedesktop.PolicyKit1", 0, NULL, NULL, NULL,
                                  NULL);
    return connection;
}
