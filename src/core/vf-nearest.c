/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the measure of how far two names are apart. */
#include "vf-nearest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_NAMED 3

/* Longer names are compared by their beginning: nobody mistypes at the end of such a name only. */
#define LONGEST 64

/* The number of letters to insert, drop or replace to come from @a to @b; case does not count. */
static guint
distance (const char *a, const char *b)
{
    gsize length = MIN (strlen (b), LONGEST);
    guint row[LONGEST + 1];

    for (guint j = 0; j <= length; j++)
        row[j] = j;
    for (guint i = 0; a[i] != '\0' && i < LONGEST; i++) {
        guint diagonal = row[0];

        row[0] = i + 1;
        for (guint j = 0; j < length; j++) {
            guint replaced = diagonal + (g_ascii_tolower (a[i]) != g_ascii_tolower (b[j]));

            diagonal = row[j + 1];
            row[j + 1] = MIN (replaced, MIN (diagonal, row[j]) + 1);
        }
    }
    return row[length];
}

char *
vf_nearest (const char *typed, const char *const *candidates, gsize n_candidates)
{
    g_autoptr (GString) names = g_string_new (NULL);
    const char *chosen[MOST_NAMED];
    guint most_errors = 1 + (guint) strlen (typed) / 4;
    guint n_chosen = 0;

    for (guint errors = 0; errors <= most_errors; errors++)
        for (gsize i = 0; i < n_candidates && n_chosen < MOST_NAMED; i++)
            if (distance (typed, candidates[i]) == errors)
                chosen[n_chosen++] = candidates[i];
    for (guint i = 0; i < n_chosen; i++)
        g_string_append_printf (names, "%s%s",
                                i == 0              ? ""
                                : i + 1 == n_chosen ? _ (" or ")
                                                    : ", ",
                                chosen[i]);
    return n_chosen > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}
