/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to the daemon and what it tells. */
#include "vfl-daemon.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflDaemon {
    GObject parent;
    char *bus;
    VflLink link;
    GError *error;
    GDBusConnection *connection;
    GCancellable *cancellable; /* of the calls that begin a connection */
    guint watch_id;
    gboolean checking; /* whether it answers at all */
    guint patience_id;
    VfDbusHost *host;
    GDBusObjectManager *objects;
    GListStore *gpus;
    GPtrArray *pairings; /* VfPairing pointers */
};
G_DEFINE_FINAL_TYPE (VflDaemon, vfl_daemon, G_TYPE_OBJECT)

enum { LINK, PAIRINGS, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_link (VflDaemon *self, VflLink link, GError *error)
{
    if (link == VFL_LINK_UP || link == VFL_LINK_DOWN)
        g_clear_handle_id (&self->patience_id, g_source_remove);
    g_clear_error (&self->error);
    self->error = error;
    self->link = link;
    g_signal_emit (self, signals[LINK], 0);
}

static void
fail (VflDaemon *self, GError *failure)
{
    GError *error = NULL;

    vf_bus_error_propagate (&error, failure);
    set_link (self, VFL_LINK_DOWN, error);
}

static gboolean
on_out_of_patience (gpointer data)
{
    VflDaemon *self = data;

    self->patience_id = 0;
    set_link (self, VFL_LINK_SILENT, NULL);
    return G_SOURCE_REMOVE;
}

static void
wait_for_answer (VflDaemon *self)
{
    if (self->patience_id == 0)
        self->patience_id = g_timeout_add_seconds (VFL_LINK_PATIENCE, on_out_of_patience, self);
    /* What is down stays so, and says why, until it is known that it is not. */
    if (self->link != VFL_LINK_DOWN)
        set_link (self, VFL_LINK_WAITING, NULL);
}

static gboolean
was_cancelled (const GError *error)
{
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static int
compare_addresses (gconstpointer a, gconstpointer b, gpointer data)
{
    return strcmp (vfl_gpu_address (VFL_GPU ((gpointer) a)),
                   vfl_gpu_address (VFL_GPU ((gpointer) b)));
}

static void
add_object (VflDaemon *self, GDBusObject *object)
{
    g_autoptr (VfClientGpu) proxy = vf_dbus_object_get_gpu (VF_DBUS_OBJECT (object));
    g_autoptr (VflGpu) gpu = NULL;

    if (proxy == NULL)
        return;
    gpu = vfl_gpu_new (proxy);
    g_list_store_insert_sorted (self->gpus, gpu, compare_addresses, NULL);
}

static void
on_added (GDBusObjectManager *objects, GDBusObject *object, gpointer data)
{
    add_object (data, object);
}

static void
on_removed (GDBusObjectManager *objects, GDBusObject *object, gpointer data)
{
    VflDaemon *self = data;
    g_autoptr (VfClientGpu) proxy = vf_dbus_object_get_gpu (VF_DBUS_OBJECT (object));
    guint n_gpus = g_list_model_get_n_items (G_LIST_MODEL (self->gpus));

    for (guint i = n_gpus; i-- > 0;) {
        g_autoptr (VflGpu) gpu = g_list_model_get_item (G_LIST_MODEL (self->gpus), i);

        if (vfl_gpu_proxy (gpu) == proxy)
            g_list_store_remove (self->gpus, i);
    }
}

static void
forget (VflDaemon *self)
{
    g_cancellable_cancel (self->cancellable);
    g_set_object (&self->cancellable, NULL);
    self->cancellable = g_cancellable_new ();
    if (self->objects != NULL)
        g_signal_handlers_disconnect_by_data (self->objects, self);
    if (self->host != NULL)
        g_signal_handlers_disconnect_by_data (self->host, self);
    g_clear_object (&self->objects);
    g_clear_object (&self->host);
    g_list_store_remove_all (self->gpus);
    g_ptr_array_set_size (self->pairings, 0);
    g_signal_emit (self, signals[PAIRINGS], 0);
}

static void
on_pairings (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
    g_autoptr (GVariant) shown = NULL;
    VflDaemon *self = data;

    if (was_cancelled (error))
        return;
    if (answer == NULL) {
        fail (self, g_steal_pointer (&error));
        return;
    }
    shown = g_variant_get_child_value (answer, 0);
    g_ptr_array_unref (self->pairings);
    self->pairings = vf_pairings_from_variant (shown);
    if (self->link != VFL_LINK_UP)
        set_link (self, VFL_LINK_UP, NULL);
    g_signal_emit (self, signals[PAIRINGS], 0);
}

static void
read_pairings (VflDaemon *self)
{
    g_dbus_proxy_call (G_DBUS_PROXY (self->host), "ListPairings", NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                       self->cancellable, on_pairings, self);
}

/* Who shows what is missing on the host looks at it all when the link changes. */
static void
on_notices (VflDaemon *self)
{
    g_signal_emit (self, signals[LINK], 0);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GDBusObjectManager) objects =
        vf_dbus_object_manager_client_new_finish (result, &error);
    g_autolist (GDBusObject) all = NULL;
    VflDaemon *self = data;

    if (was_cancelled (error))
        return;
    if (objects == NULL) {
        fail (self, g_steal_pointer (&error));
        return;
    }
    self->objects = g_steal_pointer (&objects);
    g_signal_connect (self->objects, "object-added", G_CALLBACK (on_added), self);
    g_signal_connect (self->objects, "object-removed", G_CALLBACK (on_removed), self);
    all = g_dbus_object_manager_get_objects (self->objects);
    for (GList *object = all; object != NULL; object = object->next)
        add_object (self, object->data);
    g_signal_connect_swapped (self->host, "pairings-changed", G_CALLBACK (read_pairings), self);
    g_signal_connect_swapped (self->host, "notify::notices", G_CALLBACK (on_notices), self);
    read_pairings (self);
}

static void
on_host (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GError) error = NULL;
    VfDbusHost *host = vf_dbus_host_proxy_new_finish (result, &error);
    VflDaemon *self = data;

    if (was_cancelled (error))
        return;
    if (host == NULL) {
        fail (self, g_steal_pointer (&error));
        return;
    }
    self->host = host;
    vf_dbus_object_manager_client_new (
        self->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, VF_BUS_NAME,
        VF_BUS_HOST_PATH, self->cancellable, on_objects, self);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
    VflDaemon *self = data;

    forget (self);
    wait_for_answer (self);
    vf_dbus_host_proxy_new (connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, VF_BUS_NAME,
                            VF_BUS_HOST_PATH, self->cancellable, on_host, self);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
    VflDaemon *self = data;

    forget (self);
    fail (self, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                             "nobody owns the name %s", VF_BUS_NAME));
}

static void
on_bus_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
    VflDaemon *self = data;

    g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
    forget (self);
    g_signal_handlers_disconnect_by_data (connection, self);
    g_clear_object (&self->connection);
    fail (self, g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "%s", _ ("the bus has ended")));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
    VflDaemon *self = data;
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);

    if (was_cancelled (error))
        return;
    if (connection == NULL) {
        fail (self, g_steal_pointer (&error));
        return;
    }
    self->connection = connection;
    g_signal_connect (connection, "closed", G_CALLBACK (on_bus_closed), self);
    self->watch_id = g_bus_watch_name_on_connection (connection, VF_BUS_NAME,
                                                     G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                     on_appeared, on_vanished, self, NULL);
}

void
vfl_daemon_connect (VflDaemon *self)
{
    g_autofree char *address = g_strdup (self->bus);
    GError *error = NULL;

    if (self->link == VFL_LINK_UP || self->patience_id != 0)
        return;
    if (self->connection != NULL) {
        /* A daemon that is not there is asked for again. */
        g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
        wait_for_answer (self);
        self->watch_id = g_bus_watch_name_on_connection (self->connection, VF_BUS_NAME,
                                                         G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                         on_appeared, on_vanished, self, NULL);
        return;
    }
    if (address == NULL)
        address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
    if (address == NULL) {
        fail (self, error);
        return;
    }
    wait_for_answer (self);
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                           | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, self->cancellable, on_connected, self);
}

VflLink
vfl_daemon_link (VflDaemon *self)
{
    return self->link;
}

const GError *
vfl_daemon_error (VflDaemon *self)
{
    return self->error;
}

const char *
vfl_daemon_bus (VflDaemon *self)
{
    return self->bus;
}

GListModel *
vfl_daemon_gpus (VflDaemon *self)
{
    return G_LIST_MODEL (self->gpus);
}

VflGpu *
vfl_daemon_find_gpu (VflDaemon *self, const char *address)
{
    guint n_gpus = g_list_model_get_n_items (G_LIST_MODEL (self->gpus));

    for (guint i = 0; i < n_gpus; i++) {
        g_autoptr (VflGpu) gpu = g_list_model_get_item (G_LIST_MODEL (self->gpus), i);

        if (strcmp (vfl_gpu_address (gpu), address) == 0)
            return gpu;
    }
    return NULL;
}

const VfPairing *
vfl_daemon_find_pairing (VflDaemon *self, const char *uuid)
{
    return vf_pairing_find (self->pairings, uuid);
}

const VfPairing *
vfl_daemon_find_pairing_of_gpu (VflDaemon *self, const char *address)
{
    for (guint i = 0; i < self->pairings->len; i++) {
        const VfPairing *pairing = g_ptr_array_index (self->pairings, i);

        if (strcmp (pairing->gpu, address) == 0)
            return pairing;
    }
    return NULL;
}

static GPtrArray *
read_blockers (GVariant *shown)
{
    GPtrArray *blockers = shown != NULL ? vf_blockers_from_variant (shown) : NULL;

    return blockers != NULL ? blockers : g_ptr_array_new ();
}

GPtrArray *
vfl_daemon_obstacles (VflDaemon *self)
{
    return read_blockers (self->host != NULL ? vf_dbus_host_get_obstacles (self->host) : NULL);
}

GPtrArray *
vfl_daemon_notices (VflDaemon *self)
{
    return read_blockers (self->host != NULL ? vf_dbus_host_get_notices (self->host) : NULL);
}

void
vfl_daemon_ask (VflDaemon *self,
                VfClientGpu *proxy,
                const char *method,
                GVariant *arguments,
                GAsyncReadyCallback done,
                gpointer data)
{
    GDBusProxy *whom = proxy != NULL ? G_DBUS_PROXY (proxy) : G_DBUS_PROXY (self->host);
    g_autoptr (GVariant) owned =
        g_variant_ref_sink (arguments != NULL ? arguments : g_variant_new_tuple (NULL, 0));

    if (whom != NULL)
        g_dbus_proxy_call (whom, method, owned, G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                           G_MAXINT, NULL, done, data);
    else
        g_task_report_new_error (self, done, data, NULL, VF_ERROR, VF_ERROR_UNREACHABLE,
                                 _ ("The VirtFlow daemon is not there."));
}

static void
on_alive (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VflDaemon) self = data;

    self->checking = FALSE;
    if (self->link == VFL_LINK_WAITING)
        return;
    g_clear_handle_id (&self->patience_id, g_source_remove);
    if (self->link == VFL_LINK_SILENT && self->host != NULL)
        set_link (self, VFL_LINK_UP, NULL);
}

/* By something that a daemon which is well answers at once. */
static void
check_that_it_answers (VflDaemon *self)
{
    if (self->checking || self->patience_id != 0)
        return;
    self->checking = TRUE;
    self->patience_id = g_timeout_add_seconds (VFL_LINK_PATIENCE, on_out_of_patience, self);
    vfl_daemon_ask (self, NULL, "ListPairings", NULL, on_alive, g_object_ref (self));
}

void
vfl_daemon_inspect (VflDaemon *self, VflGpu *gpu, GAsyncReadyCallback done, gpointer data)
{
    check_that_it_answers (self);
    vfl_daemon_ask (self, vfl_gpu_proxy (gpu), "Inspect", NULL, done, data);
}

void
vfl_daemon_give_back (VflDaemon *self, VflGpu *gpu, GAsyncReadyCallback done, gpointer data)
{
    vfl_daemon_ask (self, vfl_gpu_proxy (gpu), "Switch",
                    g_variant_new ("(sa{sv})", vf_target_id (VF_TARGET_HOST), NULL), done, data);
}

GVariant *
vfl_daemon_answer (GAsyncResult *result, GError **error)
{
    g_autoptr (GObject) source = g_async_result_get_source_object (result);
    GError *failure = NULL;
    GVariant *answer;

    if (G_IS_TASK (result) && VFL_IS_DAEMON (source))
        return g_task_propagate_pointer (G_TASK (result), error);
    answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &failure);
    if (answer == NULL)
        vf_bus_error_propagate (error, failure);
    return answer;
}

static void
vfl_daemon_dispose (GObject *object)
{
    VflDaemon *self = VFL_DAEMON (object);

    g_cancellable_cancel (self->cancellable);
    g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
    g_clear_handle_id (&self->patience_id, g_source_remove);
    if (self->objects != NULL)
        g_signal_handlers_disconnect_by_data (self->objects, self);
    if (self->host != NULL)
        g_signal_handlers_disconnect_by_data (self->host, self);
    if (self->connection != NULL)
        g_signal_handlers_disconnect_by_data (self->connection, self);
    g_clear_object (&self->objects);
    g_clear_object (&self->host);
    g_clear_object (&self->connection);
    g_clear_object (&self->cancellable);
    G_OBJECT_CLASS (vfl_daemon_parent_class)->dispose (object);
}

static void
vfl_daemon_finalize (GObject *object)
{
    VflDaemon *self = VFL_DAEMON (object);

    g_clear_error (&self->error);
    g_object_unref (self->gpus);
    g_ptr_array_unref (self->pairings);
    g_free (self->bus);
    G_OBJECT_CLASS (vfl_daemon_parent_class)->finalize (object);
}

static void
vfl_daemon_class_init (VflDaemonClass *class)
{
    G_OBJECT_CLASS (class)->dispose = vfl_daemon_dispose;
    G_OBJECT_CLASS (class)->finalize = vfl_daemon_finalize;
    signals[LINK] = g_signal_new ("link", VFL_TYPE_DAEMON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
    signals[PAIRINGS] = g_signal_new ("pairings", VFL_TYPE_DAEMON, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 0);
}

static void
vfl_daemon_init (VflDaemon *self)
{
    self->cancellable = g_cancellable_new ();
    self->gpus = g_list_store_new (VFL_TYPE_GPU);
    self->pairings = g_ptr_array_new ();
}

VflDaemon *
vfl_daemon_new (const char *bus)
{
    VflDaemon *self = g_object_new (VFL_TYPE_DAEMON, NULL);

    self->bus = g_strdup (bus);
    return self;
}
