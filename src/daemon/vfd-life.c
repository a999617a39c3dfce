/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the daemon's life: reads its state, takes its name, listens, ends. */
#include "vfd-life.h"

#include "vf-bus-names.h"
#include "vf-error.h"
#include "vfd-absence.h"
#include "vfd-chronicle.h"
#include "vfd-config.h"
#include "vfd-daemon.h"
#include "vfd-gpu-object.h"
#include "vfd-hook-object.h"
#include "vfd-host-object.h"
#include "vfd-recovery.h"
#include "vfd-rules.h"
#include "vfd-run.h"
#include "vfd-state-file.h"
#include "vfd-uevents.h"

#include <glib-unix.h>

typedef struct {
    VfdDaemon daemon;
    GMainLoop *loop;
    VfdUevents *uevents;
    VfDbusHost *host;
    VfDbusHook *hook;
    guint name_id;
    gint64 waiting_since; /* monotonic time since which a look is put off; 0 when none is */
    int status;
} Life;

/* How long a look at the machine is put off while a switch runs, in microseconds. */
#define LONGEST_WAIT G_USEC_PER_SEC

static void
find_gpu (VfdDaemon *daemon, VfPciAddress address)
{
    g_autoptr (GError) error = NULL;
    VfdGpu *gpu;

    if (vfd_gpu_find (daemon, address) != NULL)
        return;
    gpu = vfd_gpu_new (daemon, address, &error);
    if (gpu == NULL) {
        g_warning ("%s", error->message);
        return;
    }
    g_ptr_array_add (daemon->gpus, gpu);
    g_ptr_array_add (daemon->objects, vfd_gpu_object_new (gpu));
    g_ptr_array_add (daemon->runs, vfd_run_new (gpu));
    g_ptr_array_add (daemon->absences, vfd_absence_new (gpu));
    g_ptr_array_add (daemon->chronicles, vfd_chronicle_new (gpu));
    vfd_gpu_watch (gpu, vfd_recovery_attend, NULL);
    vfd_gpu_publish (gpu);
}

/* Those in the machine, and those that a journal tells of. */
static void
find_gpus (VfdDaemon *daemon)
{
    g_autoptr (GArray) present = vf_gpu_list (vfd_inventory_snapshot (daemon->inventory));
    g_autoptr (GArray) journaled = vfd_journal_list (daemon->run_folder.journals_fd);

    for (guint i = 0; i < present->len; i++)
        find_gpu (daemon, g_array_index (present, VfGpu, i).address);
    for (guint i = 0; i < journaled->len; i++)
        find_gpu (daemon, g_array_index (journaled, VfPciAddress, i));
}

static gboolean
is_any_switching (const VfdDaemon *daemon)
{
    for (guint i = 0; i < daemon->gpus->len; i++) {
        if (vfd_gpu_is_switching (g_ptr_array_index (daemon->gpus, i)))
            return TRUE;
    }
    return FALSE;
}

/* A switch causes events itself, and looks at the machine when it ends. One that takes its time, or
 * hangs, must not hide what happens to other GPUs. */
static gboolean
waits_for_switch (Life *life)
{
    gint64 now = g_get_monotonic_time ();

    if (!is_any_switching (&life->daemon)) {
        life->waiting_since = 0;
        return FALSE;
    }
    if (life->waiting_since == 0)
        life->waiting_since = now;
    if (now - life->waiting_since < LONGEST_WAIT)
        return TRUE;
    life->waiting_since = now;
    return FALSE;
}

/* FALSE: ask again later. */
static gboolean
on_machine_changed (gpointer data)
{
    Life *life = data;

    if (waits_for_switch (life))
        return FALSE;
    vfd_inventory_refresh (life->daemon.inventory);
    find_gpus (&life->daemon);
    for (guint i = 0; i < life->daemon.gpus->len; i++)
        vfd_gpu_publish (g_ptr_array_index (life->daemon.gpus, i));
    vfd_host_object_show (life->host, &life->daemon);
    return TRUE;
}

static void
on_domains_changed (gpointer data)
{
    Life *life = data;

    for (guint i = 0; i < life->daemon.runs->len; i++)
        vfd_run_hear_of_domains (g_ptr_array_index (life->daemon.runs, i));
}

static void
on_hook_pulse_changed (gpointer data)
{
    Life *life = data;

    vfd_host_object_show (life->host, &life->daemon);
}

static void
end (Life *life, int status)
{
    life->status = status;
    g_main_loop_quit (life->loop);
}

static void
on_bus_closed (GDBusConnection *connection, gboolean remote, GError *error, gpointer data)
{
    g_warning ("The bus went away");
    end (data, 1);
}

/* Not before the name is ours: another daemon may be in the midst of a switch. */
static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer data)
{
    Life *life = data;

    vfd_recovery_start (&life->daemon, VFD_RECOVERY_AT_START, NULL, NULL);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer data)
{
    g_warning ("The name %s is taken: another virtflowd runs", name);
    end (data, 1);
}

static gboolean
on_signal (gpointer data)
{
    end (data, 0);
    return G_SOURCE_CONTINUE;
}

static GDBusConnection *
connect_to_bus (const char *address, GError **error)
{
    if (address == NULL)
        return g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
    return g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, error);
}

static gboolean
prepare (VfdDaemon *daemon, const VfdSetup *setup, GError **error)
{
    daemon->run_folder = (VfdRunFolder){ -1, -1 };
    daemon->root = vf_sysfs_new (setup->root_fd);
    daemon->helpers = g_strdup (setup->helpers);
    daemon->gpus = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_gpu_free);
    daemon->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_gpu_object_free);
    daemon->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_run_free);
    daemon->absences = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_absence_free);
    daemon->chronicles = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_chronicle_free);
    return (daemon->policy = vfd_config_load (setup->config, error)) != NULL
           && vfd_run_folder_open (&daemon->run_folder, setup->run, geteuid (), error)
           && (daemon->pairings = vfd_pairings_load (setup->state, error)) != NULL
           && (daemon->inventory = vfd_inventory_new (daemon->root, error)) != NULL
           && (daemon->connection = connect_to_bus (setup->bus, error)) != NULL;
}

static void
export_objects (Life *life)
{
    VfdDaemon *daemon = &life->daemon;

    daemon->authorizer = vfg_authorizer_new (daemon->connection, vfd_rules);
    daemon->manager = g_dbus_object_manager_server_new (VF_BUS_HOST_PATH);
    daemon->domains = vfd_libvirt_domains_new (daemon->root, on_domains_changed, life);
    daemon->hook_pulse = vfd_hook_pulse_new (on_hook_pulse_changed, life);
    life->host = vfd_host_object_new (daemon);
    life->hook = vfd_hook_object_new (daemon);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (life->host), daemon->connection,
                                      VF_BUS_HOST_PATH, NULL);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (life->hook), daemon->connection,
                                      VF_BUS_HOST_PATH, NULL);
    find_gpus (daemon);
    vfd_host_object_show (life->host, daemon);
    g_dbus_object_manager_server_set_connection (daemon->manager, daemon->connection);
}

static void
live (Life *life)
{
    VfdDaemon *daemon = &life->daemon;

    g_dbus_connection_set_exit_on_close (daemon->connection, FALSE);
    g_signal_connect (daemon->connection, "closed", G_CALLBACK (on_bus_closed), life);
    export_objects (life);
    g_unix_signal_add (SIGTERM, on_signal, life);
    g_unix_signal_add (SIGINT, on_signal, life);
    life->name_id = g_bus_own_name_on_connection (daemon->connection, VF_BUS_NAME,
                                                  G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                                  on_name_acquired, on_name_lost, life, NULL);
    g_main_loop_run (life->loop);
    g_bus_unown_name (life->name_id);
}

static void
tear_down (Life *life)
{
    VfdDaemon *daemon = &life->daemon;

    g_clear_pointer (&life->uevents, vfd_uevents_free);
    g_clear_pointer (&daemon->absences, g_ptr_array_unref);
    g_clear_pointer (&daemon->runs, g_ptr_array_unref);
    g_clear_pointer (&daemon->objects, g_ptr_array_unref);
    g_clear_pointer (&daemon->gpus, g_ptr_array_unref);
    g_clear_pointer (&daemon->chronicles, g_ptr_array_unref);
    g_clear_pointer (&daemon->domains, vfd_libvirt_domains_free);
    g_clear_pointer (&daemon->hook_pulse, vfd_hook_pulse_free);
    g_clear_object (&life->host);
    g_clear_object (&life->hook);
    g_clear_object (&daemon->manager);
    g_clear_pointer (&daemon->authorizer, vfg_authorizer_free);
    g_clear_pointer (&daemon->inventory, vfd_inventory_free);
    g_clear_pointer (&daemon->pairings, vfd_pairings_free);
    g_clear_pointer (&daemon->policy, vf_policy_free);
    g_clear_pointer (&daemon->helpers, g_free);
    g_clear_pointer (&daemon->root, vf_sysfs_free);
    vfd_run_folder_close (&daemon->run_folder);
    g_clear_object (&daemon->connection);
}

int
vfd_life_run (const VfdSetup *setup)
{
    Life life = { .loop = g_main_loop_new (NULL, FALSE) };
    g_autoptr (GError) error = NULL;

    if (!prepare (&life.daemon, setup, &error)
        || (life.uevents = vfd_uevents_new (on_machine_changed, &life, &error)) == NULL) {
        g_printerr ("virtflowd: %s\n", error->message);
        life.status = vf_error_code_exit_status (vf_error_code (error));
    } else {
        live (&life);
    }
    tear_down (&life);
    g_main_loop_unref (life.loop);
    return life.status;
}
