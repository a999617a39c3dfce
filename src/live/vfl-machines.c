/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of VMs and keeps it true. */
#include "vfl-machines.h"

#include "vfl-work.h"

#include <string.h>

struct _VflMachines {
    GObject parent;
    VflLibvirt *libvirt;
    VflDaemon *daemon;
    GListStore *list;
    GHashTable *looks;      /* UUID to the domain to look at next; or NULL */
    GPtrArray *looks_later; /* domains that are looked at when the list is there */
    virConnect *connection; /* the one that the list is of; not owned, and only compared */
    gboolean listing;
    gboolean loaded;
    GError *error; /* why they could not be listed; or NULL */
};
G_DEFINE_FINAL_TYPE (VflMachines, vfl_machines, G_TYPE_OBJECT)

enum { LOADED = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
    return g_utf8_collate (vfl_machine_name (VFL_MACHINE ((gpointer) a)),
                           vfl_machine_name (VFL_MACHINE ((gpointer) b)));
}

static int
compare_in_array (gconstpointer a, gconstpointer b)
{
    return compare_names (*(const gpointer *) a, *(const gpointer *) b, NULL);
}

/* The position; the number of VMs when there is none. */
static guint
position_of (VflMachines *self, const char *uuid)
{
    guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));
    guint i;

    for (i = 0; i < n_items; i++) {
        g_autoptr (VflMachine) machine = g_list_model_get_item (G_LIST_MODEL (self->list), i);

        if (strcmp (vfl_machine_uuid (machine), uuid) == 0)
            break;
    }
    return i;
}

VflMachine *
vfl_machines_find (VflMachines *self, const char *uuid)
{
    g_autoptr (VflMachine) machine =
        g_list_model_get_item (G_LIST_MODEL (self->list), position_of (self, uuid));

    return machine;
}

static void
set_loaded (VflMachines *self, gboolean loaded)
{
    self->loaded = loaded;
    g_object_notify_by_pspec (G_OBJECT (self), properties[LOADED]);
}

static void
find_gpu (VflMachines *self, VflMachine *machine)
{
    const VfPairing *pairing = vfl_daemon_find_pairing (self->daemon, vfl_machine_uuid (machine));
    VflGpu *gpu = pairing != NULL && pairing->present
                      ? vfl_daemon_find_gpu (self->daemon, pairing->gpu)
                      : NULL;

    vfl_machine_set_gpu (machine, pairing, gpu);
}

static void
find_gpus (VflMachines *self)
{
    guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

    for (guint i = 0; i < n_items; i++) {
        g_autoptr (VflMachine) machine = g_list_model_get_item (G_LIST_MODEL (self->list), i);

        find_gpu (self, machine);
    }
}

/* Takes @value. */
static void
show (VflMachines *self, VfMachine *value)
{
    VflMachine *known = vfl_machines_find (self, value->uuid);
    gboolean renamed = known != NULL && strcmp (vfl_machine_name (known), value->name) != 0;
    g_autoptr (VflMachine) machine = NULL;

    if (known != NULL) {
        vfl_machine_update (known, value);
        /* It moves to its place without leaving the list: nobody takes it for one that has gone. */
        if (renamed)
            g_list_store_sort (self->list, compare_names, NULL);
        return;
    }
    machine = vfl_machine_new (value);
    find_gpu (self, machine);
    g_list_store_insert_sorted (self->list, machine, compare_names, NULL);
}

static void
free_domain (gpointer domain)
{
    if (domain != NULL)
        virDomainFree (domain);
}

static gpointer
look_at_domain (gpointer data, GCancellable *cancellable, GError **error)
{
    virDomain *domain = data;

    virDomainRef (domain);
    return vf_machine_new (domain, error);
}

static void look_at (VflMachines *self, virDomain *domain);

static void
on_looked_at (GObject *source, GAsyncResult *result, gpointer data)
{
    VflMachines *self = VFL_MACHINES (source);
    g_autoptr (virDomain) domain = data;
    g_autoptr (GError) error = NULL;
    VfMachine *value = vfl_work_finish (result, &error);
    char uuid[VIR_UUID_STRING_BUFLEN];
    g_autofree char *key = NULL;
    g_autoptr (virDomain) next = NULL;

    vfl_libvirt_end_question (self->libvirt);
    virDomainGetUUIDString (domain, uuid);
    g_hash_table_steal_extended (self->looks, uuid, (gpointer *) &key, (gpointer *) &next);
    if (virDomainGetConnect (domain) != self->connection)
        g_clear_pointer (&value, vf_machine_free);
    else if (value != NULL)
        show (self, value);
    else if (vf_error_is (error, VF_REASON_NO_SUCH_VM) && vfl_machines_find (self, uuid) != NULL)
        g_list_store_remove (self->list, position_of (self, uuid));
    if (next != NULL)
        look_at (self, next);
}

/* One look at a VM at a time: the answer to an older one must not come last. The newest handle
 * counts: it has the name of a VM that was renamed. */
static void
look_at (VflMachines *self, virDomain *domain)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (self->listing) {
        /* The list, which may be older, replaces what is seen now. */
        virDomainRef (domain);
        g_ptr_array_add (self->looks_later, domain);
        return;
    }
    virDomainGetUUIDString (domain, uuid);
    if (g_hash_table_contains (self->looks, uuid)) {
        virDomainRef (domain);
        g_hash_table_insert (self->looks, g_strdup (uuid), domain);
        return;
    }
    g_hash_table_insert (self->looks, g_strdup (uuid), NULL);
    virDomainRef (domain);
    virDomainRef (domain);
    vfl_libvirt_begin_question (self->libvirt);
    vfl_work_start (G_OBJECT (self), look_at_domain, domain, free_domain,
                    (GDestroyNotify) vf_machine_free, NULL, on_looked_at, domain);
}

void
vfl_machines_look_at (VflMachines *self, VflMachine *machine)
{
    look_at (self, vfl_machine_value (machine)->domain);
}

static void
on_domain (VflLibvirt *libvirt, virDomain *domain, gpointer data)
{
    look_at (data, domain);
}

static gpointer
list_machines (gpointer data, GCancellable *cancellable, GError **error)
{
    return vf_machine_list (data, error);
}

/* Takes the values. */
static void
show_all (VflMachines *self, GPtrArray *values)
{
    g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func (g_object_unref);

    g_ptr_array_set_free_func (values, NULL);
    for (guint i = 0; i < values->len; i++) {
        VflMachine *machine = vfl_machine_new (g_ptr_array_index (values, i));

        find_gpu (self, machine);
        g_ptr_array_add (machines, machine);
    }
    /* Sorted before: each change of the list makes rows anew. */
    g_ptr_array_sort (machines, compare_in_array);
    g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                         machines->pdata, machines->len);
    set_loaded (self, TRUE);
}

static void
end_listing (VflMachines *self)
{
    g_autoptr (GPtrArray) later = g_steal_pointer (&self->looks_later);

    self->looks_later = g_ptr_array_new_with_free_func (free_domain);
    self->listing = FALSE;
    for (guint i = 0; i < later->len; i++)
        look_at (self, g_ptr_array_index (later, i));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
    VflMachines *self = VFL_MACHINES (source);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) values = vfl_work_finish (result, &error);
    g_autoptr (virConnect) connection = data;

    vfl_libvirt_end_question (self->libvirt);
    /* A connection that broke meanwhile says so itself. */
    if (connection != self->connection)
        return;
    g_clear_error (&self->error);
    self->error = g_steal_pointer (&error);
    if (values != NULL)
        show_all (self, values);
    else
        set_loaded (self, FALSE);
    end_listing (self);
}

static void
on_link (VflLibvirt *libvirt, gpointer data)
{
    VflMachines *self = data;
    virConnect *connection = vfl_libvirt_connection (libvirt);

    if (connection == self->connection)
        return;
    self->connection = connection;
    g_clear_error (&self->error);
    self->listing = connection != NULL;
    g_ptr_array_set_size (self->looks_later, 0);
    if (connection == NULL) {
        g_list_store_remove_all (self->list);
        set_loaded (self, FALSE);
        return;
    }
    virConnectRef (connection);
    virConnectRef (connection);
    vfl_libvirt_begin_question (libvirt);
    vfl_work_start (G_OBJECT (self), list_machines, connection, vfl_libvirt_release,
                    (GDestroyNotify) g_ptr_array_unref, NULL, on_listed, connection);
}

GListModel *
vfl_machines_list (VflMachines *self)
{
    return G_LIST_MODEL (self->list);
}

const GError *
vfl_machines_error (VflMachines *self)
{
    return self->error;
}

gboolean
vfl_machines_is_loaded (VflMachines *self)
{
    return self->loaded;
}

static void
vfl_machines_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id == LOADED)
        g_value_set_boolean (value, VFL_MACHINES (object)->loaded);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
vfl_machines_finalize (GObject *object)
{
    VflMachines *self = VFL_MACHINES (object);

    g_signal_handlers_disconnect_by_data (self->libvirt, self);
    g_signal_handlers_disconnect_by_data (self->daemon, self);
    g_signal_handlers_disconnect_by_data (vfl_daemon_gpus (self->daemon), self);
    g_object_unref (self->libvirt);
    g_object_unref (self->daemon);
    g_object_unref (self->list);
    g_hash_table_unref (self->looks);
    g_clear_error (&self->error);
    g_ptr_array_unref (self->looks_later);
    G_OBJECT_CLASS (vfl_machines_parent_class)->finalize (object);
}

static void
vfl_machines_class_init (VflMachinesClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_machines_get_property;
    object_class->finalize = vfl_machines_finalize;
    properties[LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vfl_machines_init (VflMachines *self)
{
    self->list = g_list_store_new (VFL_TYPE_MACHINE);
    self->looks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_domain);
    self->looks_later = g_ptr_array_new_with_free_func (free_domain);
}

VflMachines *
vfl_machines_new (VflLibvirt *libvirt, VflDaemon *daemon)
{
    VflMachines *self = g_object_new (VFL_TYPE_MACHINES, NULL);

    self->libvirt = g_object_ref (libvirt);
    self->daemon = g_object_ref (daemon);
    g_signal_connect (libvirt, "link", G_CALLBACK (on_link), self);
    g_signal_connect (libvirt, "domain", G_CALLBACK (on_domain), self);
    g_signal_connect_swapped (daemon, "pairings", G_CALLBACK (find_gpus), self);
    g_signal_connect_swapped (vfl_daemon_gpus (daemon), "items-changed", G_CALLBACK (find_gpus),
                              self);
    return self;
}
