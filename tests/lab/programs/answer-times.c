/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the daemon takes to answer on a connection that is open: answer-times ROUNDS [PID]. Each
 * round asks the bus itself, for how slow the machine is, and the daemon twice: for one property
 * and for everything. With PID it ends when that process does. Two lines, the times in
 * milliseconds: "daemon CALLS MEDIAN MOST LONGEST" and the same for "bus", where 49 of 50 took no
 * longer than MOST. */
#include "vf-bus-names.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>

/* Between two rounds, so that the measurement is not the load. */
#define PAUSE (20 * 1000)

#define PATIENCE 30000

typedef struct {
    const char *name;
    const char *path;
    const char *interface;
    const char *method;
} Question;

static gboolean
ask (GDBusConnection *bus,
     const Question *question,
     GVariant *arguments,
     GArray *times,
     GError **error)
{
    gint64 started = g_get_monotonic_time (), taken;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, question->name, question->path, question->interface, question->method, arguments, NULL,
        G_DBUS_CALL_FLAGS_NO_AUTO_START, PATIENCE, NULL, error);

    taken = g_get_monotonic_time () - started;
    g_array_append_val (times, taken);
    return answer != NULL;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
    const gint64 *first = a, *second = b;

    return *first < *second ? -1 : *first > *second;
}

static void
print (const char *name, GArray *times)
{
    g_array_sort (times, compare_times);
    g_print ("%s %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", name,
             times->len, g_array_index (times, gint64, times->len / 2) / 1000,
             g_array_index (times, gint64, (times->len - 1) * 49 / 50) / 1000,
             g_array_index (times, gint64, times->len - 1) / 1000);
}

static gboolean
measure (
    GDBusConnection *bus, int rounds, pid_t process, GArray *daemon, GArray *itself, GError **error)
{
    static const Question own = { "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus", "GetId" };
    static const Question property = { VF_BUS_NAME, VF_BUS_HOST_PATH,
                                       "org.freedesktop.DBus.Properties", "Get" };
    static const Question everything = { VF_BUS_NAME, VF_BUS_HOST_PATH,
                                         "org.freedesktop.DBus.ObjectManager",
                                         "GetManagedObjects" };

    for (int i = 0; i < rounds && (process == 0 || kill (process, 0) == 0); i++) {
        if (!ask (bus, &own, NULL, itself, error)
            || !ask (bus, &property, g_variant_new ("(ss)", VF_BUS_HOST_INTERFACE, "Version"),
                     daemon, error)
            || !ask (bus, &everything, NULL, daemon, error))
            return FALSE;
        g_usleep (PAUSE);
    }
    return TRUE;
}

int
main (int argc, char **argv)
{
    g_autoptr (GArray) daemon = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GArray) itself = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GError) error = NULL;
    g_autoptr (GDBusConnection) bus = NULL;

    if (argc != 2 && argc != 3) {
        g_printerr ("usage: answer-times ROUNDS [PID]\n");
        return 2;
    }
    bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
    if (bus == NULL
        || !measure (bus, atoi (argv[1]), argc == 3 ? atoi (argv[2]) : 0, daemon, itself, &error)) {
        g_printerr ("answer-times: %s\n", error->message);
        return 1;
    }
    if (daemon->len > 0) {
        print ("daemon", daemon);
        print ("bus", itself);
    }
    return 0;
}
