/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls to systemd's manager and the wait for the jobs that it makes of them. */
#include "vfs-systemd.h"

#include "vf-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#define BUS_NAME "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define JOB "org.freedesktop.systemd1.Job"

/* Of a call, in milliseconds. */
#define CALL_DEADLINE 3000

struct _VfsSystemd {
    GDBusConnection *bus; /* NULL: there is none */
    guint deadline;       /* of a job */
    guint subscription;
    GHashTable *ended; /* path of a job to its result; NULL while nobody waits for one */
};

VfsSystemd *
vfs_systemd_new (const char *address, guint deadline)
{
    VfsSystemd *systemd = g_new0 (VfsSystemd, 1);

    systemd->deadline = deadline;
    systemd->bus = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    return systemd;
}

void
vfs_systemd_free (VfsSystemd *systemd)
{
    if (systemd->subscription != 0)
        g_dbus_connection_signal_unsubscribe (systemd->bus, systemd->subscription);
    g_clear_pointer (&systemd->ended, g_hash_table_unref);
    g_clear_object (&systemd->bus);
    g_free (systemd);
}

/* NULL with an error of any domain; the caller owns the answer. */
static GVariant *
call (const VfsSystemd *systemd,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      const char *type,
      GError **error)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);

    if (systemd->bus == NULL) {
        vf_error_set (error, VF_REASON_SERVICE_FAILED, "The system bus cannot be reached.");
        return NULL;
    }
    return g_dbus_connection_call_sync (systemd->bus, BUS_NAME, path, interface, method, owned,
                                        G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                        CALL_DEADLINE, NULL, error);
}

static GVariant *
call_manager (const VfsSystemd *systemd,
              const char *method,
              GVariant *arguments,
              const char *type,
              GError **error)
{
    return call (systemd, MANAGER_PATH, MANAGER, method, arguments, type, error);
}

/* A property of the object at @path, which the caller owns; NULL when it has none of that type. */
static GVariant *
get (const VfsSystemd *systemd,
     const char *path,
     const char *interface,
     const char *property,
     const char *type)
{
    g_autoptr (GVariant) answer = call (systemd, path, "org.freedesktop.DBus.Properties", "Get",
                                        g_variant_new ("(ss)", interface, property), "(v)", NULL);
    g_autoptr (GVariant) value = NULL;

    if (answer == NULL)
        return NULL;
    g_variant_get (answer, "(v)", &value);
    return g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? g_steal_pointer (&value) : NULL;
}

/* Whether the unit at @path, which is stopping, is to be started when it has ended. */
static gboolean
starts_again (const VfsSystemd *systemd, const char *path)
{
    g_autoptr (GVariant) job = get (systemd, path, UNIT, "Job", "(uo)");
    g_autoptr (GVariant) type = NULL;
    const char *job_path;

    if (job == NULL)
        return FALSE;
    g_variant_get (job, "(u&o)", NULL, &job_path);
    type = get (systemd, job_path, JOB, "JobType", "s");
    return type != NULL && g_str_equal (g_variant_get_string (type, NULL), "start");
}

gboolean
vfs_systemd_runs (const char *name, gpointer data)
{
    static const char *const states[] = { "active", "activating", "reloading", NULL };
    const VfsSystemd *systemd = data;
    g_autoptr (GVariant) unit = NULL;
    g_autoptr (GVariant) state = NULL;
    const char *path, *word;

    /* One that is not loaded does not run. */
    unit = call_manager (systemd, "GetUnit", g_variant_new ("(s)", name), "(o)", NULL);
    if (unit == NULL)
        return FALSE;
    g_variant_get (unit, "(&o)", &path);
    state = get (systemd, path, UNIT, "ActiveState", "s");
    if (state == NULL)
        return FALSE;
    word = g_variant_get_string (state, NULL);
    return g_strv_contains (states, word)
           || (g_str_equal (word, "deactivating") && starts_again (systemd, path));
}

static void
on_job_removed (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *arguments,
                gpointer data)
{
    VfsSystemd *systemd = data;
    const char *job, *result;

    if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uoss)")))
        return;
    g_variant_get (arguments, "(u&o&s&s)", NULL, &job, NULL, &result);
    g_hash_table_insert (systemd->ended, g_strdup (job), g_strdup (result));
}

/* From here on the end of every job is heard. */
static gboolean
listen_to_jobs (VfsSystemd *systemd, GError **error)
{
    g_autoptr (GVariant) answer = NULL;

    if (systemd->ended != NULL)
        return TRUE;
    answer = call_manager (systemd, "Subscribe", g_variant_new ("()"), "()", error);
    if (answer == NULL)
        return FALSE;
    systemd->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    systemd->subscription = g_dbus_connection_signal_subscribe (
        systemd->bus, BUS_NAME, MANAGER, "JobRemoved", MANAGER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        on_job_removed, systemd, NULL);
    return TRUE;
}

static gboolean
on_deadline (gpointer passed)
{
    *(gboolean *) passed = TRUE;
    return G_SOURCE_CONTINUE;
}

/* The result of a job, which belongs to @systemd; NULL when it has not ended in time. */
static const char *
await_job (VfsSystemd *systemd, const char *job)
{
    gboolean passed = FALSE;
    guint deadline = g_timeout_add (systemd->deadline, on_deadline, &passed);

    while (!passed && !g_hash_table_contains (systemd->ended, job))
        g_main_context_iteration (NULL, TRUE);
    g_source_remove (deadline);
    return g_hash_table_lookup (systemd->ended, job);
}

/* Stops or starts; @error is of any domain, G_IO_ERROR_PENDING when the job goes on. */
static gboolean
change (VfsSystemd *systemd, const char *method, const char *name, GError **error)
{
    g_autoptr (GVariant) answer = NULL;
    const char *job, *result;

    if (!listen_to_jobs (systemd, error))
        return FALSE;
    answer = call_manager (systemd, method, g_variant_new ("(ss)", name, "replace"), "(o)", error);
    if (answer == NULL)
        return FALSE;
    g_variant_get (answer, "(&o)", &job);
    result = await_job (systemd, job);
    if (g_strcmp0 (result, "done") == 0)
        return TRUE;
    if (result != NULL)
        vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s", result);
    else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING, "%s", _ ("it took too long"));
    return FALSE;
}

gboolean
vfs_systemd_stop (const char *name, gpointer systemd, GError **error)
{
    g_autoptr (GError) failure = NULL;

    if (change (systemd, "StopUnit", name, &failure))
        return TRUE;
    g_dbus_error_strip_remote_error (failure);
    vf_error_set (error, VF_REASON_SERVICE_FAILED,
                  "The service %s, which keeps the card open, could not be stopped: %s. "
                  "'systemctl status %s' may say more.",
                  name, failure->message, name);
    return FALSE;
}

/* Whether the unit was taken away, or switched off for good, since it was stopped. */
static gboolean
is_there_no_more (const GError *failure)
{
    static const char *const names[] = { "org.freedesktop.systemd1.NoSuchUnit",
                                         "org.freedesktop.systemd1.UnitMasked", NULL };
    g_autofree char *name = g_dbus_error_get_remote_error (failure);

    return name != NULL && g_strv_contains (names, name);
}

gboolean
vfs_systemd_start (const char *name, gpointer systemd, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (GVariant) reset = NULL;

    /* A service that was stopped and started with each VM reaches its limit of starts some day. */
    reset = call_manager (systemd, "ResetFailedUnit", g_variant_new ("(s)", name), "()", NULL);
    if (change (systemd, "StartUnit", name, &failure)) {
        if (vfs_systemd_runs (name, systemd))
            return TRUE;
        vf_error_set (&failure, VF_REASON_SERVICE_FAILED, "%s", _ ("it ended again"));
    } else if (is_there_no_more (failure)
               || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PENDING)) {
        return TRUE;
    }
    g_dbus_error_strip_remote_error (failure);
    vf_error_set (error, VF_REASON_SERVICE_FAILED,
                  "The service %s ran before the card was lent and could not be started again: %s. "
                  "'systemctl status %s' may say more.",
                  name, failure->message, name);
    return FALSE;
}
