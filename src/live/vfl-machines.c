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
    GHashTable *looks;      /* UUID to whether to look once more */
    virConnect *connection; /* the one that the list is of; not owned, and only compared */
    gboolean loaded;
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
    g_autoptr (VflMachine) machine = NULL;

    if (known != NULL && strcmp (vfl_machine_name (known), value->name) == 0) {
        vfl_machine_update (known, value);
        return;
    }
    if (known != NULL) {
        machine = g_object_ref (known);
        g_list_store_remove (self->list, position_of (self, value->uuid));
        vfl_machine_update (machine, value);
    } else {
        machine = vfl_machine_new (value);
        find_gpu (self, machine);
    }
    g_list_store_insert_sorted (self->list, machine, compare_names, NULL);
}

static void
free_domain (gpointer domain)
{
    virDomainFree (domain);
}

static void
close_connection (gpointer connection)
{
    virConnectClose (connection);
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
    gpointer again;

    vfl_libvirt_end_question (self->libvirt);
    virDomainGetUUIDString (domain, uuid);
    again = g_hash_table_lookup (self->looks, uuid);
    g_hash_table_remove (self->looks, uuid);
    if (value != NULL)
        show (self, value);
    else if (vf_error_is (error, VF_REASON_NO_SUCH_VM) && vfl_machines_find (self, uuid) != NULL)
        g_list_store_remove (self->list, position_of (self, uuid));
    if (GPOINTER_TO_INT (again))
        look_at (self, domain);
}

/* One look at a VM at a time: the answer to an older one must not come last. */
static void
look_at (VflMachines *self, virDomain *domain)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    virDomainGetUUIDString (domain, uuid);
    if (g_hash_table_contains (self->looks, uuid)) {
        g_hash_table_insert (self->looks, g_strdup (uuid), GINT_TO_POINTER (TRUE));
        return;
    }
    g_hash_table_insert (self->looks, g_strdup (uuid), GINT_TO_POINTER (FALSE));
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

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
    VflMachines *self = VFL_MACHINES (source);
    g_autoptr (GPtrArray) values = vfl_work_finish (result, NULL);
    g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func (g_object_unref);

    vfl_libvirt_end_question (self->libvirt);
    /* A connection that broke meanwhile says so itself. */
    if (values == NULL)
        return;
    g_ptr_array_set_free_func (values, NULL);
    for (guint i = 0; i < values->len; i++) {
        VflMachine *machine = vfl_machine_new (g_ptr_array_index (values, i));

        find_gpu (self, machine);
        g_ptr_array_add (machines, machine);
    }
    g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                         machines->pdata, machines->len);
    g_list_store_sort (self->list, compare_names, NULL);
    set_loaded (self, TRUE);
}

static void
on_link (VflLibvirt *libvirt, gpointer data)
{
    VflMachines *self = data;
    virConnect *connection = vfl_libvirt_connection (libvirt);

    if (connection == self->connection)
        return;
    self->connection = connection;
    if (connection == NULL) {
        g_list_store_remove_all (self->list);
        set_loaded (self, FALSE);
        return;
    }
    virConnectRef (connection);
    vfl_libvirt_begin_question (libvirt);
    vfl_work_start (G_OBJECT (self), list_machines, connection, close_connection,
                    (GDestroyNotify) g_ptr_array_unref, NULL, on_listed, NULL);
}

GListModel *
vfl_machines_list (VflMachines *self)
{
    return G_LIST_MODEL (self->list);
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
    self->looks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
