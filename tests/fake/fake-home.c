/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the variables that say where a person's files are. */
#include "fake-home.h"

#include "fake-tree.h"

#include <glib.h>

char *
fake_home_new (void)
{
    static const char *const folders[][2] = {
        { "XDG_CONFIG_HOME", "config" },
        { "XDG_STATE_HOME", "state" },
        { "XDG_CACHE_HOME", "cache" },
        { "XDG_DATA_HOME", "data" },
    };
    char *home = fake_tree_new_folder ();

    g_setenv ("HOME", home, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *folder = g_build_filename (home, folders[i][1], NULL);

        g_setenv (folders[i][0], folder, TRUE);
    }
    return home;
}
