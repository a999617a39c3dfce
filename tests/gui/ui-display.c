/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the display and the session bus. */
#include "ui-display.h"

#include "fake-tree.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _UiDisplay {
    char *folder;
    GSubprocess *server;
    GSubprocess *session;
    char *name;
    char *session_bus;
};

static void
die_with_parent (gpointer data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
ui_display_spawn (char **environment, const char *log, const char *const *command)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        log != NULL ? G_SUBPROCESS_FLAGS_STDERR_MERGE
                    : G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr (GError) error = NULL;
    GSubprocess *process;

    g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
    if (environment != NULL)
        g_subprocess_launcher_set_environ (launcher, environment);
    if (log != NULL)
        g_subprocess_launcher_set_stdout_file_path (launcher, log);
    process = g_subprocess_launcher_spawnv (launcher, command, &error);
    g_assert_no_error (error);
    return process;
}

/* The first line that @command writes to descriptor 3, where it says where it can be reached. */
static char *
spawn_and_read (const char *const *command, char **environment, GSubprocess **process)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) line = g_string_new (NULL);
    int ends[2];
    char byte;

    g_assert_cmpint (pipe (ends), ==, 0);
    g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
    g_subprocess_launcher_take_fd (launcher, ends[1], 3);
    g_subprocess_launcher_set_environ (launcher, environment);
    *process = g_subprocess_launcher_spawnv (launcher, command, &error);
    g_assert_no_error (error);
    g_subprocess_launcher_close (launcher);
    while (read (ends[0], &byte, 1) == 1 && byte != '\n')
        g_string_append_c (line, byte);
    close (ends[0]);
    if (line->len == 0)
        g_error ("%s does not start", command[0]);
    return g_strdup (line->str);
}

char **
ui_display_environment (const UiDisplay *self, const char *home, const char *settings)
{
    static const char *const folders[][2] = {
        { "XDG_CONFIG_HOME", "config" },
        { "XDG_CACHE_HOME", "cache" },
        { "XDG_DATA_HOME", "data" },
        { "XDG_STATE_HOME", "state" },
    };
    char **environment = g_get_environ ();

    fake_tree_write (home, "config/gtk-4.0/settings.ini", settings);
    environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
    environment = g_environ_setenv (environment, "HOME", home, TRUE);
    environment = g_environ_setenv (environment, "XDG_RUNTIME_DIR", self->folder, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *folder = g_build_filename (home, folders[i][1], NULL);

        environment = g_environ_setenv (environment, folders[i][0], folder, TRUE);
    }
    environment = g_environ_setenv (environment, "LC_ALL", "C.UTF-8", TRUE);
    environment = g_environ_unsetenv (environment, "LANGUAGE");
    environment = g_environ_setenv (environment, "GDK_BACKEND", "x11", TRUE);
    environment = g_environ_setenv (environment, "GTK_A11Y", "atspi", TRUE);
    environment = g_environ_setenv (environment, "GSETTINGS_BACKEND", "memory", TRUE);
    environment = g_environ_setenv (environment, "ADW_DISABLE_PORTAL", "1", TRUE);
    environment = g_environ_setenv (environment, "GTK_USE_PORTAL", "0", TRUE);
    environment = g_environ_setenv (environment, "DISPLAY", self->name, TRUE);
    if (self->session_bus != NULL)
        environment =
            g_environ_setenv (environment, "DBUS_SESSION_BUS_ADDRESS", self->session_bus, TRUE);
    return environment;
}

UiDisplay *
ui_display_new (void)
{
    static const char *const server[] = {
        "Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", NULL,
    };
    static const char *const session[] = {
        "dbus-daemon", "--session", "--nofork", "--print-address=3", NULL,
    };
    UiDisplay *self = g_new0 (UiDisplay, 1);
    g_auto (GStrv) environment = g_get_environ ();
    g_autofree char *number = spawn_and_read (server, environment, &self->server);

    self->folder = fake_tree_new_folder ();
    self->name = g_strconcat (":", number, NULL);
    g_strfreev (environment);
    environment = ui_display_environment (self, self->folder, "[Settings]\n");
    self->session_bus = spawn_and_read (session, environment, &self->session);
    return self;
}

static void
end (GSubprocess *process)
{
    g_subprocess_send_signal (process, SIGTERM);
    g_subprocess_wait (process, NULL, NULL);
    g_object_unref (process);
}

void
ui_display_free (UiDisplay *self)
{
    end (self->session);
    end (self->server);
    fake_tree_remove (self->folder);
    g_free (self->folder);
    g_free (self->name);
    g_free (self->session_bus);
    g_free (self);
}

const char *
ui_display_name (const UiDisplay *self)
{
    return self->name;
}

const char *
ui_display_session_bus (const UiDisplay *self)
{
    return self->session_bus;
}
