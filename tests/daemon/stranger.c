/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a stranger asks for. */
#include "stranger.h"

#include "random-value.h"
#include "vf-bus-names.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"

/* Of a single answer, in milliseconds. */
#define PATIENCE 20000

typedef struct {
    char *path;
    char *interface;
    char *method;
    GVariantType *type; /* of the arguments, a tuple */
} Target;

static void
target_free (gpointer data)
{
    Target *target = data;

    g_free (target->path);
    g_free (target->interface);
    g_free (target->method);
    g_variant_type_free (target->type);
    g_free (target);
}

static GDBusConnection *
connect_to (const char *address)
{
    g_autoptr (GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &error);

    g_assert_no_error (error);
    return connection;
}

static GVariantType *
arguments_type (const GDBusMethodInfo *method)
{
    g_autoptr (GString) text = g_string_new ("(");

    for (guint i = 0; method->in_args != NULL && method->in_args[i] != NULL; i++)
        g_string_append (text, method->in_args[i]->signature);
    g_string_append_c (text, ')');
    return g_variant_type_new (text->str);
}

static void
add_interface (GPtrArray *targets, const char *path, const GDBusInterfaceInfo *interface)
{
    for (guint i = 0; interface->methods != NULL && interface->methods[i] != NULL; i++) {
        Target target = { g_strdup (path), g_strdup (interface->name),
                          g_strdup (interface->methods[i]->name),
                          arguments_type (interface->methods[i]) };

        g_ptr_array_add (targets, g_memdup2 (&target, sizeof target));
    }
}

/* All methods at @path and below. */
static void
look_around (GDBusConnection *connection, const char *name, const char *path, GPtrArray *targets)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection, name, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL,
        G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL, &error);
    g_autoptr (GDBusNodeInfo) node = NULL;
    const char *text;

    g_assert_no_error (error);
    g_variant_get (answer, "(&s)", &text);
    node = g_dbus_node_info_new_for_xml (text, &error);
    g_assert_no_error (error);
    for (guint i = 0; node->interfaces != NULL && node->interfaces[i] != NULL; i++)
        add_interface (targets, path, node->interfaces[i]);
    for (guint i = 0; node->nodes != NULL && node->nodes[i] != NULL; i++) {
        g_autofree char *inner =
            g_strdup_printf ("%s/%s", path[1] != '\0' ? path : "", node->nodes[i]->path);

        look_around (connection, name, inner, targets);
    }
}

static const char *
random_path (GRand *rand, const Target *target)
{
    static const char *const others[] = { "/", "/org/virtflow/VirtFlow1/gpu",
                                          "/org/virtflow/VirtFlow1/gpu/ffff_ff_1f",
                                          "/org/virtflow/VirtFlow1/gpu/0000_01_00/x" };

    return g_rand_int_range (rand, 0, 16) != 0
               ? target->path
               : others[g_rand_int_range (rand, 0, G_N_ELEMENTS (others))];
}

/* Mostly of the right form. */
static GVariant *
random_arguments (GRand *rand, const Target *target)
{
    g_autoptr (GVariantType) type = NULL;
    GVariantType *items[3];
    int n_items;

    if (g_rand_int_range (rand, 0, 5) != 0)
        return random_value_new (rand, target->type);
    n_items = g_rand_int_range (rand, 0, G_N_ELEMENTS (items) + 1);
    for (int i = 0; i < n_items; i++)
        items[i] = random_value_type (rand);
    type = g_variant_type_new_tuple ((const GVariantType *const *) items, n_items);
    for (int i = 0; i < n_items; i++)
        g_variant_type_free (items[i]);
    return random_value_new (rand, type);
}

/* Reads, or says something about the bus. */
static gboolean
is_harmless (const char *method)
{
    static const char *const harmless[] = {
        "Get",          "GetAll", "Introspect", "Ping",        "GetMachineId", "GetManagedObjects",
        "ListPairings", "Plan",   "Inspect",    "ListChanges",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++) {
        if (strcmp (method, harmless[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Whether it was done. A message may name no interface. */
static gboolean
call (GDBusConnection *connection, const char *name, GRand *rand, const Target *target)
{
    const char *interface = g_rand_int_range (rand, 0, 16) != 0 ? target->interface : NULL;
    g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
        name, random_path (rand, target), interface, target->method);
    g_autoptr (GDBusMessage) answer = NULL;
    g_autoptr (GError) error = NULL;

    g_dbus_message_set_body (message, random_arguments (rand, target));
    answer = g_dbus_connection_send_message_with_reply_sync (
        connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, PATIENCE, NULL, NULL, &error);
    if (answer != NULL && !g_dbus_message_to_gerror (answer, &error))
        return TRUE;
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
        || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
        || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
        g_error ("%s.%s: %s", target->interface, target->method, error->message);
    return FALSE;
}

guint
stranger_call_everything (const char *address, const char *name, guint32 seed, guint n_calls)
{
    g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func (target_free);
    g_autoptr (GDBusConnection) connection = connect_to (address);
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    guint n_done = 0;

    look_around (connection, name, "/", targets);
    g_assert_cmpuint (targets->len, >=, 10);
    for (guint i = 0; i < n_calls; i++) {
        const Target *target = targets->pdata[g_rand_int_range (rand, 0, (gint32) targets->len)];

        if (g_dbus_connection_is_closed (connection)) {
            g_object_unref (connection);
            connection = connect_to (address);
        }
        if (call (connection, name, rand, target) && !is_harmless (target->method)) {
            g_printerr ("%s.%s was done\n", target->interface, target->method);
            n_done++;
        }
    }
    return n_done;
}

/* What a flood consists of. The text of a Pair may be long. */
static const struct {
    const char *interface;
    const char *method;
    const char *arguments; /* as text, NULL: none */
} kinds[] = {
    { VF_BUS_GPU_INTERFACE, "Switch", "('vfio', @a{sv} {})" },
    { VF_BUS_GPU_INTERFACE, "Inspect", NULL },
    { VF_BUS_GPU_INTERFACE, "Plan", "('vfio', @a{sv} {})" },
    { VF_BUS_GPU_INTERFACE, "Switch", "('host', @a{sv} {})" },
    { VF_BUS_GPU_INTERFACE, "Cancel", NULL },
    { "org.freedesktop.DBus.Properties", "GetAll", "('" VF_BUS_GPU_INTERFACE "',)" },
    { VF_BUS_HOST_INTERFACE, "ListPairings", NULL },
    { VF_BUS_HOST_INTERFACE, "DropPairing", "('" UUID "',)" },
    { VF_BUS_HOST_INTERFACE, "Recover", NULL },
    { VF_BUS_HOOK_INTERFACE, "Release", "('" UUID "',)" },
};
#define PAIR G_N_ELEMENTS (kinds)

typedef struct {
    GMainLoop *loop;
    GVariant *arguments[PAIR];
    char *long_text;
    char *gpu_path;
    guint n_sent, n_answered, n_refused;
    gboolean goes_on;
} Flood;

static void send (Flood *flood, GDBusConnection *connection);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
    Flood *flood = data;
    g_autoptr (GError) error = NULL;
    G_GNUC_UNUSED g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

    flood->n_answered++;
    flood->n_refused += error != NULL && strstr (error->message, "limit_exceeded") != NULL;
    if (flood->goes_on)
        send (flood, G_DBUS_CONNECTION (source));
}

static GVariant *
pair_arguments (const Flood *flood)
{
    return g_variant_new ("(ss^aya{sv})", UUID, "desk",
                          flood->n_sent % 4 == 0 ? flood->long_text : "<domain/>", NULL);
}

/* One call in sixteen is one that nobody wants an answer to: the bus does not count these. */
static void
send (Flood *flood, GDBusConnection *connection)
{
    guint kind = flood->n_sent % (PAIR + 1);
    const char *interface = kind == PAIR ? VF_BUS_GPU_INTERFACE : kinds[kind].interface;
    const char *method = kind == PAIR ? "Pair" : kinds[kind].method;
    gboolean on_gpu = kind == PAIR || strcmp (interface, VF_BUS_GPU_INTERFACE) == 0
                      || g_str_has_suffix (interface, "Properties");
    const char *path = on_gpu ? flood->gpu_path : VF_BUS_HOST_PATH;
    GVariant *arguments = kind == PAIR ? pair_arguments (flood) : flood->arguments[kind];

    if (++flood->n_sent % 16 == 0)
        g_dbus_connection_call (connection, VF_BUS_NAME, VF_BUS_HOST_PATH,
                                "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                                NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    g_dbus_connection_call (connection, VF_BUS_NAME, path, interface, method, arguments, NULL,
                            G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_answered, flood);
}

static gboolean
on_input_ended (int fd, GIOCondition condition, gpointer data)
{
    Flood *flood = data;
    char buffer[16];

    if (read (fd, buffer, sizeof buffer) > 0)
        return G_SOURCE_CONTINUE;
    flood->goes_on = FALSE;
    g_main_loop_quit (flood->loop);
    return G_SOURCE_REMOVE;
}

static void
raise_limit (void)
{
    struct rlimit limit;

    getrlimit (RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
}

static Flood *
flood_new (void)
{
    Flood *flood = g_new0 (Flood, 1);

    flood->loop = g_main_loop_new (NULL, FALSE);
    flood->gpu_path = vf_bus_gpu_path ((VfPciAddress){ 0, 1, 0, 0 });
    flood->long_text = g_strnfill (100 * 1024, 'x');
    for (gsize i = 0; i < PAIR; i++) {
        if (kinds[i].arguments != NULL)
            flood->arguments[i] =
                g_variant_ref_sink (g_variant_parse (NULL, kinds[i].arguments, NULL, NULL, NULL));
    }
    return flood;
}

/* The connections are left to the end of the process. */
void
stranger_flood (const char *address, guint n_connections, guint n_calls, gboolean ceaseless)
{
    Flood *flood = flood_new ();
    g_autoptr (GPtrArray) connections = g_ptr_array_new ();

    flood->goes_on = ceaseless;
    raise_limit ();
    for (guint i = 0; i < n_connections; i++)
        g_ptr_array_add (connections, connect_to (address));
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input_ended, flood);
    for (guint i = 0; i < n_calls; i++) {
        for (guint j = 0; j < n_connections; j++)
            send (flood, connections->pdata[j]);
    }
    puts ("flooding");
    fflush (stdout);
    g_main_loop_run (flood->loop);
    printf ("%u %u\n", flood->n_answered, flood->n_refused);
    fflush (stdout);
}
