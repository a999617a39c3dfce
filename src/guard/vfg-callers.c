/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the bus said about names. */
#include "vfg-callers.h"

/* As many names are remembered; the one that was heard first is forgotten for the next. */
#define MOST 1024

/* Who waits for the same name. */
#define MOST_ASKERS 8

typedef struct {
    VfgCallerKnown known;
    gpointer data;
} Asker;

/* The bus is being asked about a name. */
typedef struct {
    VfgCallers *callers;
    char *name;
    GArray *askers;
} Lookup;

struct _VfgCallers {
    GDBusConnection *connection;
    GCancellable *gone;
    GHashTable *uids;  /* name -> uid */
    GQueue in_order;   /* the same names, owned by the table */
    GHashTable *asked; /* name -> Lookup, which its answer frees */
};

VfgCallers *
vfg_callers_new (GDBusConnection *connection)
{
    VfgCallers *callers = g_new0 (VfgCallers, 1);

    callers->connection = g_object_ref (connection);
    callers->gone = g_cancellable_new ();
    callers->uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    callers->asked = g_hash_table_new (g_str_hash, g_str_equal);
    g_queue_init (&callers->in_order);
    return callers;
}

static void
answer (Lookup *lookup, const guint32 *uid, const GError *error)
{
    for (guint i = 0; i < lookup->askers->len; i++) {
        const Asker *asker = &g_array_index (lookup->askers, Asker, i);

        asker->known (uid, error, asker->data);
    }
    g_array_unref (lookup->askers);
    g_free (lookup->name);
    g_free (lookup);
}

void
vfg_callers_free (VfgCallers *callers)
{
    GHashTableIter iter;
    gpointer lookup;

    g_cancellable_cancel (callers->gone);
    g_hash_table_iter_init (&iter, callers->asked);
    while (g_hash_table_iter_next (&iter, NULL, &lookup))
        ((Lookup *) lookup)->callers = NULL;
    g_queue_clear (&callers->in_order);
    g_hash_table_unref (callers->asked);
    g_hash_table_unref (callers->uids);
    g_object_unref (callers->gone);
    g_object_unref (callers->connection);
    g_free (callers);
}

gboolean
vfg_callers_find (const VfgCallers *callers, const char *name, guint32 *uid)
{
    gpointer value;

    if (!g_hash_table_lookup_extended (callers->uids, name, NULL, &value))
        return FALSE;
    *uid = GPOINTER_TO_UINT (value);
    return TRUE;
}

static void
remember (VfgCallers *callers, const char *name, guint32 uid)
{
    char *key = g_strdup (name);

    if (g_hash_table_size (callers->uids) >= MOST)
        g_hash_table_remove (callers->uids, g_queue_pop_head (&callers->in_order));
    g_hash_table_insert (callers->uids, key, GUINT_TO_POINTER (uid));
    g_queue_push_tail (&callers->in_order, key);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
    Lookup *lookup = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) value =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
    guint32 uid;

    if (lookup->callers == NULL) {
        answer (lookup, NULL, NULL);
        return;
    }
    g_hash_table_remove (lookup->callers->asked, lookup->name);
    if (value == NULL) {
        answer (lookup, NULL, error);
        return;
    }
    g_variant_get (value, "(u)", &uid);
    remember (lookup->callers, lookup->name, uid);
    answer (lookup, &uid, NULL);
}

static Lookup *
begin (VfgCallers *callers, const char *name)
{
    Lookup *lookup = g_new0 (Lookup, 1);

    *lookup = (Lookup){ callers, g_strdup (name), g_array_new (FALSE, FALSE, sizeof (Asker)) };
    g_hash_table_insert (callers->asked, lookup->name, lookup);
    g_dbus_connection_call (callers->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "GetConnectionUnixUser",
                            g_variant_new ("(s)", name), G_VARIANT_TYPE ("(u)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, callers->gone, on_answered, lookup);
    return lookup;
}

gboolean
vfg_callers_ask (VfgCallers *callers, const char *name, VfgCallerKnown known, gpointer data)
{
    Lookup *lookup = g_hash_table_lookup (callers->asked, name);
    Asker asker = { known, data };

    if (lookup == NULL)
        lookup = begin (callers, name);
    if (lookup->askers->len >= MOST_ASKERS)
        return FALSE;
    g_array_append_val (lookup->askers, asker);
    return TRUE;
}
