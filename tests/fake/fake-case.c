/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a case is written. */
#include "fake-case.h"

#define SUFFIX ".case"
#define OF "of "
#define BEFORE_EXPECTED "---\n"

static char *
read_file (const char *path)
{
    char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
}

static char *
without_comments (const char *text, char comment)
{
    g_autofree char *pattern = g_strdup_printf ("^%c.*\n", comment);
    g_autoptr (GRegex) line = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);

    return g_regex_replace_literal (line, text, -1, 0, "", 0, NULL);
}

FakeCase *
fake_case_read (const char *path, char comment)
{
    g_autofree char *text = read_file (path);
    g_autofree char *plain = without_comments (text, comment);
    g_auto (GStrv) parts = g_strsplit (plain, BEFORE_EXPECTED, 2);
    g_auto (GStrv) lines = NULL;
    g_autofree char *machine = NULL;
    FakeCase *self = g_new0 (FakeCase, 1);

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    lines = g_strsplit (parts[0], "\n", 2);
    g_assert_true (g_str_has_prefix (lines[0], OF));
    machine = g_strdup_printf ("%s/%s.machine", FAKE_MACHINES_FOLDER, lines[0] + strlen (OF));
    self->machine = read_file (machine);
    self->more = g_strdup (lines[1]);
    self->expected = g_strdup (parts[1]);
    return self;
}

void
fake_case_free (FakeCase *self)
{
    g_free (self->machine);
    g_free (self->more);
    g_free (self->expected);
    g_free (self);
}

void
fake_case_update (const char *path, const char *expected)
{
    g_autofree char *text = read_file (path);
    const char *mark = strstr (text, "\n" BEFORE_EXPECTED);
    g_autofree char *new_text = NULL;

    g_assert_nonnull (mark);
    new_text = g_strdup_printf ("%.*s\n" BEFORE_EXPECTED "%s", (int) (mark - text), text, expected);
    g_assert_true (g_file_set_contents (path, new_text, -1, NULL));
}

GPtrArray *
fake_case_add_tests (const char *folder, const char *prefix, GTestDataFunc test)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (files)) != NULL) {
        g_autofree char *what = g_build_path ("/", prefix, name, NULL);
        char *path;

        if (!g_str_has_suffix (name, SUFFIX))
            continue;
        path = g_build_filename (folder, name, NULL);
        g_ptr_array_add (paths, path);
        g_test_add_data_func (what, path, test);
    }
    return paths;
}

char *
fake_case_join (const GPtrArray *paths)
{
    GString *all = g_string_new (NULL);

    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *text = read_file (paths->pdata[i]);

        g_string_append (all, text);
    }
    return g_string_free (all, FALSE);
}
