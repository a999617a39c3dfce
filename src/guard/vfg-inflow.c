/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the bound on open calls. Most of it runs in the thread of GDBus. */
#include "vfg-inflow.h"

#include "vf-bus-error.h"

#include <glib/gi18n-lib.h>

/* Open calls of all connections, beyond the one that each may have; and of one. */
#define MOST_OPEN 64
#define MOST_OPEN_OF_ONE 32

/* Only Pair and ConfirmPairing have a call that is longer than SHORT: it carries a domain's text,
 * of up to 1 MiB. */
#define SHORT (16 * 1024)
#define LONGEST (2 * 1024 * 1024)
#define MOST_BYTES (4 * 1024 * 1024)

/* Refusals that wait to be sent. */
#define MOST_REFUSALS 16

/* So many connections of root are remembered. */
#define MOST_TRUSTED 256

#define REFUSAL "virtflow-refusal"

struct _VfgInflow {
    GDBusConnection *connection; /* outlives it; the filter is the connection's */
    guint filter;
    GMutex mutex;      /* of all that follows */
    GHashTable *calls; /* "NAME SERIAL" of an open one that wants an answer -> its length */
    GHashTable *names; /* -> how many calls of that connection are open; none: not in it */
    guint n_open;
    gsize n_bytes;
    guint n_refusals;
    GHashTable *trusted;
    GQueue trusted_in_order;
};

static void
clear (gpointer data)
{
    VfgInflow *inflow = data;

    g_hash_table_unref (inflow->calls);
    g_hash_table_unref (inflow->names);
    g_queue_clear (&inflow->trusted_in_order);
    g_hash_table_unref (inflow->trusted);
    g_mutex_clear (&inflow->mutex);
}

static void
unref (gpointer data)
{
    g_atomic_rc_box_release_full (data, clear);
}

static guint
count_open (const VfgInflow *inflow, const char *name)
{
    return GPOINTER_TO_UINT (g_hash_table_lookup (inflow->names, name));
}

static char *
call_key (const char *name, guint32 serial)
{
    return g_strdup_printf ("%s %u", name, serial);
}

static gboolean
wants_answer (GDBusMessage *message)
{
    return (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0;
}

/* With the mutex. */
static gboolean
may_pass (const VfgInflow *inflow, GDBusMessage *message, const char *sender, gsize length)
{
    guint of_sender = count_open (inflow, sender);

    if (length > SHORT
        && (length > LONGEST || inflow->n_bytes + length > MOST_BYTES || !wants_answer (message)))
        return FALSE;
    return of_sender == 0 || (of_sender < MOST_OPEN_OF_ONE && inflow->n_open < MOST_OPEN);
}

/* With the mutex. */
static void
uncount (VfgInflow *inflow, const char *name)
{
    guint left = count_open (inflow, name) - 1;

    inflow->n_open--;
    if (left == 0)
        g_hash_table_remove (inflow->names, name);
    else
        g_hash_table_replace (inflow->names, g_strdup (name), GUINT_TO_POINTER (left));
}

/* A call that wants no answer, on its way to the main loop. */
typedef struct {
    VfgInflow *inflow;
    char *sender;
} Passage;

static void
free_passage (gpointer data)
{
    Passage *passage = data;

    unref (passage->inflow);
    g_free (passage->sender);
    g_free (passage);
}

/* Runs in the main loop, right before what it belongs to does: that was queued after it. */
static gboolean
on_reached (gpointer data)
{
    const Passage *passage = data;

    g_mutex_lock (&passage->inflow->mutex);
    uncount (passage->inflow, passage->sender);
    g_mutex_unlock (&passage->inflow->mutex);
    return G_SOURCE_REMOVE;
}

/* With the mutex. */
static void
count (VfgInflow *inflow, GDBusMessage *message, const char *sender, gsize length)
{
    inflow->n_open++;
    g_hash_table_replace (inflow->names, g_strdup (sender),
                          GUINT_TO_POINTER (count_open (inflow, sender) + 1));
    if (wants_answer (message)) {
        inflow->n_bytes += length;
        g_hash_table_replace (inflow->calls, call_key (sender, g_dbus_message_get_serial (message)),
                              GSIZE_TO_POINTER (length));
    } else {
        Passage passage = { g_atomic_rc_box_acquire (inflow), g_strdup (sender) };

        g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_reached,
                                    g_memdup2 (&passage, sizeof passage), free_passage);
    }
}

static void
send_refusal (GDBusConnection *connection, GDBusMessage *message)
{
    g_autofree char *name = vf_bus_error_name (VF_REASON_LIMIT_EXCEEDED);
    g_autoptr (GDBusMessage) answer = g_dbus_message_new_method_error_literal (
        message, name,
        N_ ("The VirtFlow daemon has too many requests waiting, or this one is too long. Wait for "
            "the answers to the others."));

    g_object_set_data (G_OBJECT (answer), REFUSAL, answer);
    g_dbus_connection_send_message (connection, answer, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

static gsize
length_of (GDBusMessage *message)
{
    GVariant *body = g_dbus_message_get_body (message);

    return body != NULL ? g_variant_get_size (body) : 0;
}

/* Takes @message, and returns it if it may go on. */
static GDBusMessage *
take_call (VfgInflow *inflow, GDBusConnection *connection, GDBusMessage *message)
{
    const char *sender = g_dbus_message_get_sender (message);
    gsize length = length_of (message);
    gboolean passes, is_refused = FALSE;

    g_mutex_lock (&inflow->mutex);
    passes = sender == NULL || g_hash_table_contains (inflow->trusted, sender);
    if (!passes && may_pass (inflow, message, sender, length)) {
        passes = TRUE;
        count (inflow, message, sender, length);
    } else if (!passes && wants_answer (message) && inflow->n_refusals < MOST_REFUSALS) {
        is_refused = TRUE;
        inflow->n_refusals++;
    }
    g_mutex_unlock (&inflow->mutex);
    if (passes)
        return message;
    if (is_refused)
        send_refusal (connection, message);
    g_object_unref (message);
    return NULL;
}

/* @answer is being sent. */
static void
note_answer (VfgInflow *inflow, GDBusMessage *answer)
{
    const char *name = g_dbus_message_get_destination (answer);
    g_autofree char *key = NULL;
    gpointer length;

    g_mutex_lock (&inflow->mutex);
    if (g_object_get_data (G_OBJECT (answer), REFUSAL) != NULL) {
        inflow->n_refusals--;
    } else if (name != NULL) {
        key = call_key (name, g_dbus_message_get_reply_serial (answer));
        if (g_hash_table_lookup_extended (inflow->calls, key, NULL, &length)) {
            inflow->n_bytes -= GPOINTER_TO_SIZE (length);
            g_hash_table_remove (inflow->calls, key);
            uncount (inflow, name);
        }
    }
    g_mutex_unlock (&inflow->mutex);
}

static GDBusMessage *
filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
    VfgInflow *inflow = data;
    GDBusMessageType type = g_dbus_message_get_message_type (message);

    if (incoming && type == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return take_call (inflow, connection, message);
    if (!incoming
        && (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR))
        note_answer (inflow, message);
    return message;
}

VfgInflow *
vfg_inflow_new (GDBusConnection *connection)
{
    VfgInflow *inflow = g_atomic_rc_box_new0 (VfgInflow);

    inflow->connection = connection;
    g_mutex_init (&inflow->mutex);
    inflow->calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    inflow->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    inflow->trusted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init (&inflow->trusted_in_order);
    inflow->filter =
        g_dbus_connection_add_filter (connection, filter, g_atomic_rc_box_acquire (inflow), unref);
    return inflow;
}

void
vfg_inflow_free (VfgInflow *inflow)
{
    g_dbus_connection_remove_filter (inflow->connection, inflow->filter);
    unref (inflow);
}

void
vfg_inflow_trust (VfgInflow *inflow, const char *name)
{
    g_mutex_lock (&inflow->mutex);
    if (!g_hash_table_contains (inflow->trusted, name)) {
        char *key = g_strdup (name);

        if (g_hash_table_size (inflow->trusted) >= MOST_TRUSTED)
            g_hash_table_remove (inflow->trusted, g_queue_pop_head (&inflow->trusted_in_order));
        g_hash_table_add (inflow->trusted, key);
        g_queue_push_tail (&inflow->trusted_in_order, key);
    }
    g_mutex_unlock (&inflow->mutex);
}
