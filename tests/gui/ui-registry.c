/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the start of the registry. */
#include "ui-registry.h"

#include <gio/gio.h>

#define ATTEMPTS 200
#define PAUSE_MILLISECONDS 50

static GDBusConnection *
connect_to (const char *address)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    g_assert_no_error (error);
    return connection;
}

/* The bus of accessibility; the caller owns the address. */
static char *
find_bus (GDBusConnection *session)
{
    char *address = NULL;

    for (guint i = 0; i < ATTEMPTS && address == NULL; i++) {
        g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
            session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", NULL,
            G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

        if (answer != NULL)
            g_variant_get (answer, "(s)", &address);
        else
            g_usleep (PAUSE_MILLISECONDS * 1000);
    }
    g_assert_nonnull (address);
    return address;
}

static gboolean
answers (GDBusConnection *bus)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root",
        "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", "org.a11y.atspi.Accessible", "ChildCount"), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

    return answer != NULL;
}

void
ui_registry_start (const char *address)
{
    g_autoptr (GDBusConnection) session = connect_to (address);
    g_autofree char *bus_address = find_bus (session);
    g_autoptr (GDBusConnection) bus = connect_to (bus_address);
    guint attempt = 0;

    while (!answers (bus) && attempt++ < ATTEMPTS)
        g_usleep (PAUSE_MILLISECONDS * 1000);
    g_assert_cmpuint (attempt, <, ATTEMPTS);
    g_dbus_connection_close_sync (bus, NULL, NULL);
    g_dbus_connection_close_sync (session, NULL, NULL);
}
