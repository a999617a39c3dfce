/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the desktop entry that starts the app with the session. */
#include "vfl-autostart.h"

#include <errno.h>
#include <glib/gstdio.h>

static const char entry[] = "[Desktop Entry]\n"
                            "Type=Application\n"
                            "Name=VirtFlow\n"
                            "Icon=org.virtflow.VirtFlow\n"
                            "TryExec=virtflow-gtk\n"
                            "Exec=virtflow-gtk --continue\n"
                            "Terminal=false\n";

static char *
file_name (void)
{
    return g_build_filename (g_get_user_config_dir (), "autostart",
                             "org.virtflow.VirtFlow.continue.desktop", NULL);
}

gboolean
vfl_autostart_arrange (GError **error)
{
    g_autofree char *name = file_name ();
    g_autofree char *folder = g_path_get_dirname (name);

    /* Where that fails, so does what follows, which says why. */
    g_mkdir_with_parents (folder, 0700);
    return g_file_set_contents (name, entry, -1, error);
}

void
vfl_autostart_take_back (void)
{
    g_autofree char *name = file_name ();

    if (g_unlink (name) < 0 && errno != ENOENT && errno != ENOTDIR)
        g_warning ("%s stays: %s", name, g_strerror (errno));
}
