/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which desktop is asked to log out, and how, on a session bus where desktops are played. */
#include "vfl-logout.h"

#include "fake-player.h"

#include <locale.h>

#define NODE(interface, method, arguments) \
    "<node><interface name='" interface "'><method name='" method "'>" arguments \
    "</method></interface></node>"

/* What may be there. */
static const struct {
    const char *name, *path, *description;
} parts[] = {
    { "org.gnome.SessionManager", "/org/gnome/SessionManager",
      NODE ("org.gnome.SessionManager", "Logout", "<arg type='u' direction='in'/>") },
    { "org.kde.ksmserver", "/nothing", NODE ("org.nothing", "Nothing", "") },
    { "org.kde.LogoutPrompt", "/LogoutPrompt", NODE ("org.kde.LogoutPrompt", "promptLogout", "") },
    { "org.xfce.SessionManager", "/org/xfce/SessionManager",
      NODE ("org.xfce.Session.Manager",
            "Logout",
            "<arg type='b' direction='in'/><arg type='b' direction='in'/>") },
};
#define N_PARTS G_N_ELEMENTS (parts)

typedef enum { GNOME = 1 << 0, KDE = 1 << 1, KDE_PROMPT = 1 << 2, XFCE = 1 << 3 } Part;

static const char *address;

typedef struct {
    gboolean refuses;
    GMutex mutex;
    GString *asked; /* of all of them, a line each */
} Desktop;

static void
answer (const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
    Desktop *desktop = data;
    g_autofree char *text = g_variant_print (arguments, TRUE);

    g_mutex_lock (&desktop->mutex);
    g_string_append_printf (desktop->asked, "%s %s %s\n",
                            g_dbus_method_invocation_get_interface_name (invocation), method, text);
    g_mutex_unlock (&desktop->mutex);
    if (desktop->refuses)
        g_dbus_method_invocation_return_dbus_error (invocation, "org.example.No", "no");
    else
        g_dbus_method_invocation_return_value (invocation, NULL);
}

typedef struct {
    gboolean ended;
    gboolean done;
    GError *error;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *got = data;

    got->done = vfl_logout_finish (result, &got->error);
    got->ended = TRUE;
}

static Answer
ask (void)
{
    Answer got = { 0 };

    vfl_logout_ask (NULL, on_answer, &got);
    while (!got.ended)
        g_main_context_iteration (NULL, TRUE);
    return got;
}

static const struct {
    guint there; /* Part */
    gboolean refuses;
    const char *asked;
    gboolean done;
} cases[] = {
    { GNOME, FALSE, "org.gnome.SessionManager Logout (uint32 0,)\n", TRUE },
    { KDE | KDE_PROMPT, FALSE, "org.kde.LogoutPrompt promptLogout ()\n", TRUE },
    { XFCE, FALSE, "org.xfce.Session.Manager Logout (true, true)\n", TRUE },
    { GNOME | XFCE, FALSE, "org.gnome.SessionManager Logout (uint32 0,)\n", TRUE },
    { 0, FALSE, "", FALSE },
    { KDE, FALSE, "", FALSE },
    { KDE_PROMPT, FALSE, "", FALSE }, /* not the desktop of this session */
    { GNOME | XFCE, TRUE,
      "org.gnome.SessionManager Logout (uint32 0,)\n"
      "org.xfce.Session.Manager Logout (true, true)\n",
      FALSE },
};

static void
test_asked (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        Desktop desktop = { .refuses = cases[i].refuses, .asked = g_string_new (NULL) };
        FakePlayer *players[N_PARTS] = { NULL };
        Answer got;

        g_mutex_init (&desktop.mutex);
        for (gsize k = 0; k < N_PARTS; k++) {
            if ((cases[i].there & (1u << k)) != 0)
                players[k] = fake_player_new (address, parts[k].name, parts[k].path,
                                              parts[k].description, answer, &desktop);
        }
        got = ask ();
        for (gsize k = 0; k < N_PARTS; k++)
            g_clear_pointer (&players[k], fake_player_free);
        g_assert_cmpstr (desktop.asked->str, ==, cases[i].asked);
        g_assert_cmpint (got.done, ==, cases[i].done);
        if (!cases[i].done)
            g_assert_cmpstr (got.error->message, ==,
                             "This desktop cannot be asked to log out: do it by hand.");
        g_clear_error (&got.error);
        g_mutex_clear (&desktop.mutex);
        g_string_free (desktop.asked, TRUE);
    }
}

int
main (int argc, char **argv)
{
    GTestDBus *bus;
    int status;

    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (&argc, &argv, NULL);
    bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (bus);
    address = g_test_dbus_get_bus_address (bus);
    g_test_add_func ("/logout/asked", test_asked);
    status = g_test_run ();
    g_test_dbus_down (bus);
    g_object_unref (bus);
    return status;
}
