/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open-and-close FOLDER: opens each device node in the folder that is named card* or renderD* for a
 * moment and closes it, again and again, until it is ended. Says at the end how often that went. */
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void
on_signal (int number)
{
    ended = 1;
}

static gboolean
open_and_close (const char *path)
{
    int fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return FALSE;
    g_usleep (g_random_int_range (0, 2000));
    close (fd);
    return TRUE;
}

static guint
visit (const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    guint opened = 0;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        if (g_str_has_prefix (name, "card") || g_str_has_prefix (name, "renderD"))
            opened += open_and_close (path) ? 1 : 0;
    }
    return opened;
}

int
main (int argc, char **argv)
{
    guint opened = 0;

    if (argc != 2)
        return EXIT_FAILURE;
    signal (SIGTERM, on_signal);
    while (!ended) {
        opened += visit (argv[1]);
        g_usleep (g_random_int_range (0, 5000));
    }
    g_print ("%u\n", opened);
    return EXIT_SUCCESS;
}
