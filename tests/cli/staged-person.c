/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into a program it makes the host annas-tower, whose only person is anna, and the log what
 * the file of STAGED_LOG says: an entry a line, the VM that it is about, a tab, and the sentence.
 */
#include "vfc-journal.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

int gethostname (char *name, gsize size);

int
gethostname (char *name, gsize size)
{
    g_strlcpy (name, "annas-tower.example", size);
    return 0;
}

struct passwd *
fgetpwent (FILE *file)
{
    static struct passwd anna = { .pw_name = (char *) "anna", .pw_uid = 1000 };
    static gboolean told;

    told = !told;
    return told ? &anna : NULL;
}

static void
entry_free (gpointer data)
{
    VfcEntry *entry = data;

    g_free (entry->vm);
    g_free (entry->sentence);
    g_free (entry);
}

GPtrArray *
vfc_journal_read (const char *subject, guint most, GError **error)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    g_assert_true (g_file_get_contents (g_getenv ("STAGED_LOG"), &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL && entries->len < most; i++) {
        char *tab = strchr (lines[i], '\t');
        VfcEntry *entry;

        if (tab == NULL)
            continue;
        entry = g_new0 (VfcEntry, 1);
        entry->vm = g_strndup (lines[i], (gsize) (tab - lines[i]));
        entry->sentence = g_strdup (tab + 1);
        g_ptr_array_add (entries, entry);
    }
    return entries;
}
