/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the notifications that were sent. */
#include "ui-notifications.h"

#include "fake-player.h"

#include <string.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char description[] =
    "<node><interface name='" NAME "'>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

struct _UiNotifications {
    FakePlayer *player;
    GMutex mutex;
    GString *said;
    guint n_notifications;
};

static void
answer (const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
    UiNotifications *self = data;
    const char *title, *text;

    if (strcmp (method, "GetCapabilities") == 0) {
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new_parsed ("([ 'body', 'actions' ],)"));
    } else if (strcmp (method, "Notify") == 0) {
        g_variant_get (arguments, "(&su&s&s&s@as@a{sv}i)", NULL, NULL, NULL, &title, &text, NULL,
                       NULL, NULL);
        g_mutex_lock (&self->mutex);
        g_string_append_printf (self->said, "%s\n%s\n", title, text);
        g_mutex_unlock (&self->mutex);
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new ("(u)", ++self->n_notifications));
    } else {
        g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

UiNotifications *
ui_notifications_play (const char *address)
{
    UiNotifications *self = g_new0 (UiNotifications, 1);

    self->said = g_string_new (NULL);
    g_mutex_init (&self->mutex);
    self->player = fake_player_new (address, NAME, PATH, description, answer, self);
    return self;
}

void
ui_notifications_free (UiNotifications *self)
{
    fake_player_free (self->player);
    g_string_free (self->said, TRUE);
    g_mutex_clear (&self->mutex);
    g_free (self);
}

gboolean
ui_notifications_have (UiNotifications *self, const char *text)
{
    gboolean have;

    g_mutex_lock (&self->mutex);
    have = strstr (self->said->str, text) != NULL;
    g_mutex_unlock (&self->mutex);
    return have;
}
