/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls to the service that changes the host. */
#include "vf-setup-client.h"

#include "vf-bus-call.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-error.h"
#include "vf-translation.h"

VfSetupClient *
vf_setup_client_new (const char *address, GError **error)
{
    g_autoptr (GDBusConnection) connection = NULL;
    VfSetupClient *client = NULL;
    GError *failure = NULL;

    connection = address == NULL ? g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &failure)
                                 : g_dbus_connection_new_for_address_sync (
                                     address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, NULL, &failure);
    if (connection != NULL)
        client =
            vf_dbus_setup_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES,
                                          VF_BUS_SETUP_NAME, VF_BUS_SETUP_PATH, NULL, &failure);
    if (client == NULL)
        vf_bus_error_propagate (error, failure);
    return client;
}

static GVariant *
call (VfSetupClient *client,
      const char *method,
      GVariant *arguments,
      GDBusCallFlags flags,
      GError **error)
{
    g_autoptr (GError) failure = NULL;
    GError *remote = NULL;
    GVariant *answer = vf_bus_call (client, method, arguments, flags, &remote);

    if (answer != NULL)
        return answer;
    vf_bus_error_propagate (&failure, remote);
    if (vf_error_is (failure, VF_REASON_NO_DAEMON))
        vf_error_set (
            error, VF_REASON_NO_DAEMON,
            "The service that sets this host up could not be started, or ended in the midst "
            "of it. \"journalctl -u virtflow-setup\" says why.");
    else
        g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}

static GVariant *
options_for (const char *gpu)
{
    GVariantBuilder options;

    g_variant_builder_init (&options, G_VARIANT_TYPE ("a{sv}"));
    if (gpu != NULL)
        g_variant_builder_add (&options, "{sv}", "gpu", g_variant_new_string (gpu));
    return g_variant_builder_end (&options);
}

GVariant *
vf_setup_client_plan (VfSetupClient *client, const char *gpu, GError **error)
{
    g_autoptr (GVariant) answer =
        call (client, "Plan", g_variant_new ("(@a{sv})", options_for (gpu)), G_DBUS_CALL_FLAGS_NONE,
              error);

    return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

gboolean
vf_setup_client_make (VfSetupClient *client, const VfLack *lack, const char *gpu, GError **error)
{
    g_autoptr (GVariant) answer =
        call (client, "Make",
              g_variant_new ("(s@a(ssss)@a{sv})", lack->id, lack->changes, options_for (gpu)),
              G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, error);

    return answer != NULL;
}

GVariant *
vf_setup_client_list_changes (VfSetupClient *client, GError **error)
{
    g_autoptr (GVariant) answer = call (client, "ListChanges", NULL, G_DBUS_CALL_FLAGS_NONE, error);

    return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

GStrv
vf_setup_client_undo (VfSetupClient *client, GError **error)
{
    g_autoptr (GVariant) answer =
        call (client, "Undo", NULL, G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, error);
    GStrv kept = NULL;

    if (answer == NULL)
        return NULL;
    g_variant_get (answer, "(^as)", &kept);
    for (char **sentence = kept; *sentence != NULL; sentence++) {
        char *translated = vf_translation_of (*sentence);

        g_free (*sentence);
        *sentence = translated;
    }
    return kept;
}
