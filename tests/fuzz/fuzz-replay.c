/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A target of libFuzzer without libFuzzer, for any compiler: FOLDER... feeds it with every file
 * there. */
#include "fuzz.h"

#include <string.h>

static guint
replay (const char *folder)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) names = g_dir_open (folder, 0, &error);
    const char *name;
    guint count = 0;

    if (names == NULL)
        g_error ("%s", error->message);
    while ((name = g_dir_read_name (names)) != NULL) {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autofree char *contents = NULL;
        g_autofree guint8 *data = NULL;
        gsize size;

        if (!g_file_get_contents (path, &contents, &size, &error))
            g_error ("%s", error->message);
        g_printerr ("%s\n", path);
        /* Without the NUL that GLib adds, so that a sanitizer sees who reads too far. */
        data = g_malloc (MAX (size, 1));
        memcpy (data, contents, size);
        LLVMFuzzerTestOneInput (data, size);
        count++;
    }
    return count;
}

int
main (int argc, char **argv)
{
    guint count = 0;

    for (int i = 1; i < argc; i++)
        count += replay (argv[i]);
    if (count == 0)
        g_error ("no inputs");
    g_print ("%u inputs\n", count);
    return 0;
}
