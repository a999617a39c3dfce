/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns reading the domains that tests go through. */
#include "domain-files.h"

#include <string.h>

static void
clear (gpointer data)
{
    DomainFile *file = data;

    g_free (file->name);
    vf_domain_xml_unref (file->domain);
}

static int
compare (gconstpointer a, gconstpointer b)
{
    return strcmp (((const DomainFile *) a)->name, ((const DomainFile *) b)->name);
}

GArray *
domain_files_load (const char *folder)
{
    GArray *files = g_array_new (FALSE, FALSE, sizeof (DomainFile));
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) names = g_dir_open (folder, 0, &error);
    const char *name;

    g_assert_no_error (error);
    g_array_set_clear_func (files, clear);
    while ((name = g_dir_read_name (names)) != NULL) {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autofree char *text = NULL;
        DomainFile file;

        if (!g_str_has_suffix (name, ".xml"))
            continue;
        g_file_get_contents (path, &text, NULL, &error);
        g_assert_no_error (error);
        file.domain = vf_domain_xml_parse (text, -1, &error);
        g_assert_no_error (error);
        file.name = g_strndup (name, strlen (name) - strlen (".xml"));
        g_array_append_val (files, file);
    }
    g_array_sort (files, compare);
    return files;
}
