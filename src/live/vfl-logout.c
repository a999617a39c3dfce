/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns who is asked to log out. */
#include "vfl-logout.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *sign; /* the name of which somebody on the bus shows that it is this desktop */
    const char *name, *path, *interface, *method, *arguments;
} desktops[] = {
    /* Cinnamon, MATE and Budgie have it as well. */
    { "org.gnome.SessionManager", "org.gnome.SessionManager", "/org/gnome/SessionManager",
      "org.gnome.SessionManager", "Logout", "(uint32 0,)" },
    /* The prompt is started by the call, so it is no sign. */
    { "org.kde.ksmserver", "org.kde.LogoutPrompt", "/LogoutPrompt", "org.kde.LogoutPrompt",
      "promptLogout", "()" },
    { "org.xfce.SessionManager", "org.xfce.SessionManager", "/org/xfce/SessionManager",
      "org.xfce.Session.Manager", "Logout", "(true, true)" },
};

typedef struct {
    GDBusConnection *bus;
    guint index; /* of the desktop that is asked */
} Asking;

static void ask_next (GTask *task);

static void
free_asking (gpointer data)
{
    Asking *asking = data;

    g_clear_object (&asking->bus);
    g_free (asking);
}

static void
go_on (GTask *task)
{
    Asking *asking = g_task_get_task_data (task);

    asking->index++;
    ask_next (task);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GTask) task = data;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

    if (answer != NULL)
        g_task_return_boolean (task, TRUE);
    else
        go_on (task);
}

static void
on_sign (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GTask) task = data;
    const Asking *asking = g_task_get_task_data (task);
    guint i = asking->index;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
    gboolean is_there = FALSE;

    if (answer != NULL)
        g_variant_get (answer, "(b)", &is_there);
    if (!is_there) {
        go_on (task);
        return;
    }
    /* A desktop may answer only when the person has. */
    g_dbus_connection_call (asking->bus, desktops[i].name, desktops[i].path, desktops[i].interface,
                            desktops[i].method, g_variant_new_parsed (desktops[i].arguments), NULL,
                            G_DBUS_CALL_FLAGS_NONE, G_MAXINT, g_task_get_cancellable (task),
                            on_asked, g_object_ref (task));
}

static void
ask_next (GTask *task)
{
    const Asking *asking = g_task_get_task_data (task);

    if (g_task_return_error_if_cancelled (task))
        return;
    if (asking->index == G_N_ELEMENTS (desktops)) {
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                                 _ ("This desktop cannot be asked to log out: do it by hand."));
        return;
    }
    g_dbus_connection_call (
        asking->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new ("(s)", desktops[asking->index].sign), G_VARIANT_TYPE ("(b)"),
        G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (task), on_sign, g_object_ref (task));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GTask) task = data;
    Asking *asking = g_task_get_task_data (task);
    GError *error = NULL;

    asking->bus = g_bus_get_finish (result, &error);
    if (asking->bus == NULL)
        g_task_return_error (task, error);
    else
        ask_next (task);
}

void
vfl_logout_ask (GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
    GTask *task = g_task_new (NULL, cancellable, done, data);

    g_task_set_task_data (task, g_new0 (Asking, 1), free_asking);
    g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, task);
}

gboolean
vfl_logout_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
