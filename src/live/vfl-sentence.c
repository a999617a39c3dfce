/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the first letter of words in a row. */
#include "vfl-sentence.h"

char *
vfl_sentence_begin (char *words)
{
    g_autofree char *owned = words;
    GString *sentence = g_string_new (NULL);

    if (*owned == '\0')
        return g_string_free (sentence, FALSE);
    g_string_append_unichar (sentence, g_unichar_totitle (g_utf8_get_char (owned)));
    g_string_append (sentence, g_utf8_next_char (owned));
    return g_string_free (sentence, FALSE);
}
