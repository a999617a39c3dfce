/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the file in which the size of the window is kept. */
#include "vfu-window-state.h"

#define GROUP "window"

static char *
file_name (void)
{
    return g_build_filename (g_get_user_state_dir (), "virtflow", "window.ini", NULL);
}

static void
restore (GtkWindow *window)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *name = file_name ();
    int width, height;

    if (!g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, NULL))
        return;
    width = g_key_file_get_integer (file, GROUP, "width", NULL);
    height = g_key_file_get_integer (file, GROUP, "height", NULL);
    if (width > 0 && height > 0)
        gtk_window_set_default_size (window, width, height);
    if (g_key_file_get_boolean (file, GROUP, "maximized", NULL))
        gtk_window_maximize (window);
}

/* A size that cannot be kept is no reason to trouble anybody. */
static gboolean
keep (GtkWindow *window)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *name = file_name ();
    g_autofree char *folder = g_path_get_dirname (name);
    int width, height;

    gtk_window_get_default_size (window, &width, &height);
    g_key_file_set_integer (file, GROUP, "width", width);
    g_key_file_set_integer (file, GROUP, "height", height);
    g_key_file_set_boolean (file, GROUP, "maximized", gtk_window_is_maximized (window));
    g_mkdir_with_parents (folder, 0700);
    g_key_file_save_to_file (file, name, NULL);
    return GDK_EVENT_PROPAGATE;
}

void
vfu_window_state_follow (GtkWindow *window)
{
    restore (window);
    g_signal_connect (window, "close-request", G_CALLBACK (keep), NULL);
}
