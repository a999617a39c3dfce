/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to the daemon and the calls to it. */
#include "vf-client.h"

#include "vf-bus-call.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-text.h"
#include "vf-translation.h"

#include <string.h>

#define MAY_ASK G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION

struct _VfClient {
    GDBusConnection *connection;
    GDBusObjectManager *objects;
    VfDbusHost *host;
};

static void
there_is_no_gpu (const char *address, GError **error)
{
    vf_error_set (error, VF_REASON_NO_SUCH_GPU,
                  "There is no GPU at %s. \"virtflow gpus\" lists those that there are.", address);
}

/* A card may go between the look at the objects and the call: GLib then answers that there is no
 * such object, or no such method of it (gdbusconnection.c, by its version). */
static gboolean
is_gone (gpointer proxy, const GError *failure)
{
    static const char *const names[] = { "org.freedesktop.DBus.Error.UnknownObject",
                                         "org.freedesktop.DBus.Error.UnknownMethod", NULL };
    g_autofree char *name = g_dbus_error_get_remote_error (failure);

    return VF_DBUS_IS_GPU (proxy) && name != NULL && g_strv_contains (names, name);
}

static GVariant *
call (gpointer proxy, const char *method, GVariant *arguments, GDBusCallFlags flags, GError **error)
{
    GError *failure = NULL;
    GVariant *answer = vf_bus_call (proxy, method, arguments, flags, &failure);

    if (answer != NULL)
        return answer;
    if (is_gone (proxy, failure)) {
        there_is_no_gpu (vf_dbus_gpu_get_address (proxy), error);
        g_error_free (failure);
    } else {
        vf_bus_error_propagate (error, failure);
    }
    return NULL;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer proxy)
{
    /* Its answer says nothing that that of the call does not say. */
    g_dbus_proxy_call (proxy, "Cancel", NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean
refuse_cancelled (GCancellable *cancellable, GError **error)
{
    g_autofree char *sentence = NULL;

    if (!g_cancellable_is_cancelled (cancellable))
        return FALSE;
    sentence = vf_text_cancelled_unbegun ();
    vf_error_set (error, VF_REASON_CANCELLED, "%s", sentence);
    return TRUE;
}

/* A method of a GPU that asks for a lend and answers nothing. */
static gboolean
request_lend (VfClientGpu *gpu,
              const char *method,
              GVariant *arguments,
              GCancellable *cancellable,
              GError **error)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GSource) source = NULL;
    g_autoptr (GError) failure = NULL;

    if (refuse_cancelled (cancellable, error))
        return FALSE;
    /* In the context in which call() waits: whoever cancels may do so in any thread. */
    source = g_cancellable_source_new (cancellable);
    g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), gpu, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
    answer = call (gpu, method, owned, MAY_ASK, &failure);
    g_source_destroy (source);
    if (answer != NULL)
        return TRUE;
    /* What ends a program at a terminal ends the one that asks for its password as well, and polkit
     * may be quicker with its no. */
    if (!vf_error_is (failure, VF_REASON_NOT_AUTHORIZED) || !refuse_cancelled (cancellable, error))
        g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* The same as call() for a method that answers nothing. */
static gboolean
request (
    gpointer proxy, const char *method, GVariant *arguments, GDBusCallFlags flags, GError **error)
{
    g_autoptr (GVariant) answer = call (proxy, method, arguments, flags, error);

    return answer != NULL;
}

static GDBusConnection *
connect_to_bus (const char *address, GError **error)
{
    g_autofree char *system_bus = NULL;

    if (address == NULL) {
        system_bus = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, error);
        if (system_bus == NULL)
            return NULL;
        address = system_bus;
    }
    /* A connection of its own: the shared one ends the process when the bus goes away. */
    return g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, error);
}

static gboolean
client_connect (VfClient *client, const char *address, GError **error)
{
    g_autofree char *owner = NULL;

    client->connection = connect_to_bus (address, error);
    if (client->connection == NULL)
        return FALSE;
    client->host = vf_dbus_host_proxy_new_sync (client->connection, G_DBUS_PROXY_FLAGS_NONE,
                                                VF_BUS_NAME, VF_BUS_HOST_PATH, NULL, error);
    if (client->host == NULL)
        return FALSE;
    owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (client->host));
    if (owner == NULL) {
        g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER, "nobody owns the name %s",
                     VF_BUS_NAME);
        return FALSE;
    }
    client->objects = vf_dbus_object_manager_client_new_sync (
        client->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, VF_BUS_NAME,
        VF_BUS_HOST_PATH, NULL, error);
    return client->objects != NULL;
}

VfClient *
vf_client_new (const char *address, GError **error)
{
    g_autoptr (VfClient) client = g_new0 (VfClient, 1);
    g_autoptr (GError) failure = NULL;

    if (!client_connect (client, address, &failure)) {
        vf_bus_error_propagate (error, g_steal_pointer (&failure));
        return NULL;
    }
    return g_steal_pointer (&client);
}

void
vf_client_free (VfClient *client)
{
    g_clear_object (&client->objects);
    g_clear_object (&client->host);
    g_clear_object (&client->connection);
    g_free (client);
}

VfDbusHost *
vf_client_host (VfClient *client)
{
    return client->host;
}

GDBusObjectManager *
vf_client_objects (VfClient *client)
{
    return client->objects;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
    return g_strcmp0 (g_dbus_proxy_get_object_path (*(GDBusProxy *const *) a),
                      g_dbus_proxy_get_object_path (*(GDBusProxy *const *) b));
}

GPtrArray *
vf_client_list_gpus (VfClient *client)
{
    GPtrArray *gpus = g_ptr_array_new_with_free_func (g_object_unref);
    g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (client->objects);

    for (GList *object = objects; object != NULL; object = object->next) {
        VfClientGpu *gpu = vf_dbus_object_get_gpu (VF_DBUS_OBJECT (object->data));

        if (gpu != NULL)
            g_ptr_array_add (gpus, gpu);
    }
    g_ptr_array_sort (gpus, compare_paths);
    return gpus;
}

VfClientGpu *
vf_client_find_gpu (VfClient *client, VfPciAddress address, GError **error)
{
    g_autofree char *path = vf_bus_gpu_path (address);
    g_autoptr (GDBusInterface) gpu =
        g_dbus_object_manager_get_interface (client->objects, path, VF_BUS_GPU_INTERFACE);

    if (gpu == NULL) {
        there_is_no_gpu (vf_pci_address_format (address).text, error);
        return NULL;
    }
    return VF_DBUS_GPU (g_steal_pointer (&gpu));
}

static void
answer_is_malformed (GError **error)
{
    vf_error_set (error, VF_REASON_INTERNAL,
                  "The answer of the VirtFlow daemon makes no sense to this program. Are both of "
                  "the same version?");
}

VfPlan *
vf_client_plan (
    VfClientGpu *gpu, VfTarget target, const char *vm, GPtrArray **blockers, GError **error)
{
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GVariant) steps = NULL;
    g_autoptr (GVariant) reasons = NULL;
    g_autoptr (GPtrArray) read = NULL;
    GVariantDict options;

    g_variant_dict_init (&options, NULL);
    if (vm != NULL)
        g_variant_dict_insert (&options, "vm", "s", vm);
    answer =
        call (gpu, "Plan",
              g_variant_new ("(s@a{sv})", vf_target_id (target), g_variant_dict_end (&options)),
              G_DBUS_CALL_FLAGS_NONE, error);
    if (answer == NULL)
        return NULL;
    g_variant_get (answer, "(@" VF_PLAN_VARIANT_TYPE "@a(sss))", &steps, &reasons);
    read = vf_blockers_from_variant (reasons);
    if (read == NULL) {
        answer_is_malformed (error);
        return NULL;
    }
    if (read->len == 0)
        return vf_plan_from_variant (steps, error);
    *blockers = g_steal_pointer (&read);
    return NULL;
}

gboolean
vf_client_switch (VfClientGpu *gpu, VfTarget target, GCancellable *cancellable, GError **error)
{
    return request_lend (gpu, "Switch", g_variant_new ("(sa{sv})", vf_target_id (target), NULL),
                         cancellable, error);
}

static GVariant *
pairing_options (const VfClientPairing *pairing)
{
    GVariantDict options;

    g_variant_dict_init (&options, NULL);
    g_variant_dict_insert (&options, "on-start", "b", pairing->on_start);
    if (pairing->profile != NULL)
        g_variant_dict_insert (&options, "profile", "s", pairing->profile);
    return g_variant_dict_end (&options);
}

gboolean
vf_client_pair (VfClientGpu *gpu,
                const VfClientPairing *pairing,
                GCancellable *cancellable,
                GError **error)
{
    return request_lend (gpu, "Pair",
                         g_variant_new ("(ss^ay@a{sv})", pairing->uuid, pairing->name,
                                        pairing->before, pairing_options (pairing)),
                         cancellable, error);
}

gboolean
vf_client_confirm (VfClient *client, const char *uuid, const char *after, GError **error)
{
    return request (client->host, "ConfirmPairing", g_variant_new ("(s^ay)", uuid, after),
                    G_DBUS_CALL_FLAGS_NONE, error);
}

gboolean
vf_client_open_pairing (
    VfClient *client, const char *uuid, char **before, char **after, GError **error)
{
    g_autoptr (GVariant) answer =
        call (client->host, "OpenPairing", g_variant_new ("(s)", uuid), MAY_ASK, error);
    g_autofree char *text_after = NULL;

    if (answer == NULL)
        return FALSE;
    g_variant_get (answer, "(^ay^ay)", before, &text_after);
    *after = *text_after != '\0' ? g_steal_pointer (&text_after) : NULL;
    return TRUE;
}

gboolean
vf_client_drop_pairing (VfClient *client, const char *uuid, GError **error)
{
    return request (client->host, "DropPairing", g_variant_new ("(s)", uuid), MAY_ASK, error);
}

GVariant *
vf_client_list_pairings (VfClient *client, GError **error)
{
    g_autoptr (GVariant) answer =
        call (client->host, "ListPairings", NULL, G_DBUS_CALL_FLAGS_NONE, error);

    return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

/* Of a GPU that is not home the daemon gives the error behind its address. */
static char *
translate_report (const char *sentence)
{
    const char *space = strchr (sentence, ' ');
    g_autofree char *whole = vf_translation_of (sentence);
    g_autofree char *rest = NULL;

    if (space == NULL || strcmp (whole, sentence) != 0)
        return g_steal_pointer (&whole);
    rest = vf_translation_of (space + 1);
    return g_strdup_printf ("%.*s %s", (int) (space - sentence), sentence, rest);
}

GStrv
vf_client_recover (VfClient *client, GError **error)
{
    g_autoptr (GVariant) answer = call (client->host, "Recover", NULL, MAY_ASK, error);

    return answer != NULL ? vf_client_recovery_report (answer) : NULL;
}

GStrv
vf_client_recover_gpu (VfClientGpu *gpu, GError **error)
{
    g_autoptr (GVariant) answer = call (gpu, "Recover", NULL, MAY_ASK, error);

    return answer != NULL ? vf_client_recovery_report (answer) : NULL;
}

GStrv
vf_client_recovery_report (GVariant *answer)
{
    GStrv report = NULL;

    g_variant_get (answer, "(^as)", &report);
    for (char **sentence = report; *sentence != NULL; sentence++) {
        char *translated = translate_report (*sentence);

        g_free (*sentence);
        *sentence = translated;
    }
    return report;
}

gboolean
vf_client_inspect (VfClientGpu *gpu, GVariant **facts, GPtrArray **holders, GError **error)
{
    g_autoptr (GVariant) answer = call (gpu, "Inspect", NULL, G_DBUS_CALL_FLAGS_NONE, error);
    g_autoptr (GVariant) processes = NULL;
    GPtrArray *read;

    if (answer == NULL)
        return FALSE;
    processes = g_variant_get_child_value (answer, 1);
    read = vf_holders_from_variant (processes);
    if (read == NULL) {
        answer_is_malformed (error);
        return FALSE;
    }
    *facts = g_variant_get_child_value (answer, 0);
    *holders = read;
    return TRUE;
}
