/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to the bus. No proxy: it would ask for properties that nobody here reads. */
#include "vfh-daemon.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

static int
milliseconds_until (gint64 until)
{
    return (int) MAX ((until - g_get_monotonic_time ()) / 1000, 1);
}

static gboolean
call (const char *address, const char *method, GVariant *arguments, gint64 until, GError **error)
{
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, error);

    if (connection == NULL)
        return FALSE;
    answer = g_dbus_connection_call_sync (
        connection, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOOK_INTERFACE, method, arguments, NULL,
        G_DBUS_CALL_FLAGS_NONE, milliseconds_until (until), NULL, error);
    return answer != NULL;
}

/* The bus says so when the one that was called leaves it; time that runs out is another error. */
static gboolean
was_cut_off (const GError *failure)
{
    return g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
}

static gboolean
tell (const char *address,
      const char *method,
      GVariant *arguments,
      guint seconds,
      guint n_repeats,
      GError **error)
{
    gint64 until = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
    g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
    g_autofree char *system_bus = NULL;
    GError *failure = NULL;

    if (address == NULL)
        address = system_bus = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &failure);
    if (address != NULL && call (address, method, owned, until, &failure))
        return TRUE;
    for (; n_repeats > 0 && was_cut_off (failure); n_repeats--) {
        g_clear_error (&failure);
        if (call (address, method, owned, until, &failure))
            return TRUE;
    }
    vf_bus_error_propagate (error, failure);
    return FALSE;
}

gboolean
vfh_daemon_ask (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error)
{
    return tell (address, method, arguments, seconds, 0, error);
}

gboolean
vfh_daemon_notify (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error)
{
    return tell (address, method, arguments, seconds, 1, error);
}
