/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the translation between VF_ERROR and D-Bus error names. */
#include "vf-bus-error.h"

#include "vf-translation.h"

#include <string.h>

/* "not-found" to "NotFound". */
static void
append_class (GString *name, VfErrorCode code)
{
    gboolean start_of_word = TRUE;

    for (const char *c = vf_error_code_id (code); *c != '\0'; c++) {
        if (*c != '-')
            g_string_append_c (name, start_of_word ? g_ascii_toupper (*c) : *c);
        start_of_word = *c == '-';
    }
}

char *
vf_bus_error_name (VfReason reason)
{
    g_autofree char *id = g_strdelimit (g_strdup (vf_reason_id (reason)), "-", '_');
    GString *name = g_string_new (VF_BUS_ERROR_PREFIX);

    append_class (name, vf_reason_code (reason));
    g_string_append_printf (name, ".%s", id);
    return g_string_free (name, FALSE);
}

static gboolean
reason_from_name (const char *name, VfReason *reason)
{
    g_autofree char *id = NULL;
    const char *dot;

    if (!g_str_has_prefix (name, VF_BUS_ERROR_PREFIX))
        return FALSE;
    dot = strchr (name + strlen (VF_BUS_ERROR_PREFIX), '.');
    if (dot == NULL)
        return FALSE;
    id = g_strdelimit (g_strdup (dot + 1), "_", '-');
    return vf_reason_from_id (id, reason);
}

/* Nobody has the name, and activation did not change that. */
static gboolean
says_daemon_is_absent (const char *name)
{
    return strcmp (name, "org.freedesktop.DBus.Error.ServiceUnknown") == 0
           || strcmp (name, "org.freedesktop.DBus.Error.NameHasNoOwner") == 0
           || strcmp (name, "org.freedesktop.DBus.Error.TimedOut") == 0
           || g_str_has_prefix (name, "org.freedesktop.DBus.Error.Spawn.")
           || g_str_has_prefix (name, "org.freedesktop.systemd1.");
}

/* It was there, and no answer will come. */
static gboolean
says_daemon_is_silent (const char *name)
{
    return strcmp (name, "org.freedesktop.DBus.Error.NoReply") == 0
           || strcmp (name, "org.freedesktop.DBus.Error.Timeout") == 0
           || strcmp (name, "org.freedesktop.DBus.Error.Disconnected") == 0;
}

static gboolean
says_access_denied (const char *name)
{
    return strcmp (name, "org.freedesktop.DBus.Error.AccessDenied") == 0
           || strcmp (name, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") == 0;
}

static GError *
daemon_is_absent (void)
{
    return vf_error_new (VF_REASON_NO_DAEMON,
                         "The VirtFlow daemon is not running and could not be started. Start it "
                         "with \"systemctl start virtflowd\"; \"journalctl -u virtflowd\" says "
                         "why it does not run.");
}

static GError *
daemon_is_silent (void)
{
    return vf_error_new (VF_REASON_NO_DAEMON,
                         "The VirtFlow daemon did not answer. \"systemctl status virtflowd\" shows "
                         "whether it runs, \"systemctl restart virtflowd\" starts it anew; it then "
                         "finishes or undoes what it was doing.");
}

static GError *
bus_is_absent (const GError *error)
{
    return vf_error_new (VF_REASON_NO_DAEMON,
                         "The system bus cannot be reached, so neither can the VirtFlow daemon "
                         "(%s). Is dbus running on this machine?",
                         error->message);
}

static GError *
from_name (const char *name, const char *sentence)
{
    g_autofree char *translated = NULL;
    VfReason reason;

    if (reason_from_name (name, &reason)) {
        translated = vf_translation_of (sentence);
        return vf_error_new (reason, "%s", translated);
    }
    if (says_daemon_is_absent (name))
        return daemon_is_absent ();
    if (says_daemon_is_silent (name))
        return daemon_is_silent ();
    if (says_access_denied (name))
        return vf_error_new (VF_REASON_NOT_AUTHORIZED,
                             "The system bus does not let you talk to the VirtFlow daemon (%s).",
                             sentence);
    return vf_error_new (VF_REASON_INTERNAL, "%s", sentence);
}

GError *
vf_bus_error_from_remote (const GError *error)
{
    g_autofree char *name = NULL;
    g_autoptr (GError) bare = NULL;

    if (error->domain == VF_ERROR)
        return g_error_copy (error);
    name = g_dbus_error_get_remote_error (error);
    if (name != NULL) {
        bare = g_error_copy (error);
        g_dbus_error_strip_remote_error (bare);
        return from_name (name, bare->message);
    }
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
        || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
        return daemon_is_silent ();
    if (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED)
        return bus_is_absent (error);
    return vf_error_new (VF_REASON_INTERNAL, "%s", error->message);
}

void
vf_bus_error_propagate (GError **error, GError *remote)
{
    g_autoptr (GError) owned = remote;

    if (owned != NULL)
        g_propagate_error (error, vf_bus_error_from_remote (owned));
}

void
vf_bus_error_return (GDBusMethodInvocation *invocation, const GError *error)
{
    g_autofree char *name = vf_bus_error_name (vf_error_reason (error));
    g_autofree char *sentence = g_utf8_make_valid (error->message, -1);

    g_dbus_method_invocation_return_dbus_error (invocation, name, sentence);
}
