/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to the bus. No proxy: it would ask for properties that nobody here reads. */
#include "vfh-daemon.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

static gboolean
call (const char *address, const char *method, GVariant *arguments, guint seconds, GError **error)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, error);

    if (connection == NULL)
        return FALSE;
    answer = g_dbus_connection_call_sync (
        connection, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOOK_INTERFACE, method, owned, NULL,
        G_DBUS_CALL_FLAGS_NONE, (int) seconds * 1000, NULL, error);
    return answer != NULL;
}

gboolean
vfh_daemon_call (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error)
{
    g_autofree char *system_bus = NULL;
    GError *failure = NULL;

    if (address == NULL)
        address = system_bus = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &failure);
    if (address != NULL && call (address, method, arguments, seconds, &failure))
        return TRUE;
    vf_bus_error_propagate (error, failure);
    return FALSE;
}
