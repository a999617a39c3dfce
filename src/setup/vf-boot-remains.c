/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which words of set-up stay in boot entries of others. */
#include "vf-boot-remains.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ENTRIES "loader/entries/"
#define SPACE " \t\r"

static void
add_new_words (GPtrArray *words, const VfAmendment *amendment)
{
    g_auto (GStrv) before = g_strsplit_set (amendment->before, SPACE, -1);
    g_auto (GStrv) after = g_strsplit_set (amendment->after, SPACE, -1);

    for (char **word = after; *word != NULL; word++) {
        if (**word != '\0' && !g_strv_contains ((const char *const *) before, *word)
            && !g_ptr_array_find_with_equal_func (words, *word, g_str_equal, NULL))
            g_ptr_array_add (words, g_strdup (*word));
    }
}

GPtrArray *
vf_boot_remains_words (const VfManifest *manifest)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < vf_manifest_size (manifest); i++) {
        const VfAmendment *amendment = vf_manifest_get (manifest, i)->amendment;

        if (amendment->kind == VF_AMENDMENT_LINE && amendment->before != NULL
            && strstr (amendment->path, ENTRIES) != NULL)
            add_new_words (words, amendment);
    }
    return words;
}

/* Those of @words that stand in @text; the caller owns the list. */
static char *
list_found (const char *text, const GPtrArray *words)
{
    g_auto (GStrv) there = g_strsplit_set (text, SPACE "\n", -1);
    GString *found = g_string_new ("");

    for (guint i = 0; i < words->len; i++) {
        if (g_strv_contains ((const char *const *) there, words->pdata[i]))
            g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "",
                                    (const char *) words->pdata[i]);
    }
    return g_string_free (found, FALSE);
}

void
vf_boot_remains_find (const VfSetupFacts *facts, const GPtrArray *words, GPtrArray *kept)
{
    for (guint i = 0; i < facts->files->len; i++) {
        const VfHostFile *file = facts->files->pdata[i];
        g_autofree char *found =
            strstr (file->path, ENTRIES) != NULL ? list_found (file->text, words) : g_strdup ("");

        if (*found != '\0')
            g_ptr_array_add (
                kept, g_strdup_printf (_ ("/%s has '%s', which set-up had added to other entries: "
                                          "take that out, unless you have put it there."),
                                       file->path, found));
    }
}
