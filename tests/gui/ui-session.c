/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the session manager was asked. */
#include "ui-session.h"

#include "fake-player.h"

#define NAME "org.gnome.SessionManager"
#define ASKS_THE_PERSON 0 /* the mode of gnome-session's Logout() */

static const char description[] = "<node><interface name='" NAME "'>"
                                  "<method name='Logout'><arg type='u' direction='in'/></method>"
                                  "</interface></node>";

struct _UiSession {
    FakePlayer *player;
    gint n_logouts;
    gint mode; /* of the last one */
};

static void
answer (const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
    UiSession *self = data;
    guint mode;

    g_variant_get (arguments, "(u)", &mode);
    g_atomic_int_set (&self->mode, (gint) mode);
    g_atomic_int_inc (&self->n_logouts);
    g_dbus_method_invocation_return_value (invocation, NULL);
}

UiSession *
ui_session_play (const char *address)
{
    UiSession *self = g_new0 (UiSession, 1);

    self->player =
        fake_player_new (address, NAME, "/org/gnome/SessionManager", description, answer, self);
    return self;
}

void
ui_session_free (UiSession *self)
{
    fake_player_free (self->player);
    g_free (self);
}

void
ui_session_await_logout (UiSession *self)
{
    for (int i = 0; g_atomic_int_get (&self->n_logouts) == 0; i++) {
        if (i > 1000)
            g_error ("the session manager was not asked to log out");
        g_usleep (20 * 1000);
    }
    g_assert_cmpint (g_atomic_int_get (&self->n_logouts), ==, 1);
    g_assert_cmpint (g_atomic_int_get (&self->mode), ==, ASKS_THE_PERSON);
}
