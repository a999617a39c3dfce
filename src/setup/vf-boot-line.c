/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the editing of a command line. */
#include "vf-boot-line.h"

#include <string.h>

static gboolean
is_word (const char *text, gsize length, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen (*words) == length && strncmp (text, *words, length) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_word (const char *line, const char *word)
{
    const char *one[] = { word, NULL };

    while (*line != '\0') {
        gsize length = strcspn (line, " \t");

        if (is_word (line, length, one))
            return TRUE;
        line += length;
        line += strspn (line, " \t");
    }
    return FALSE;
}

/* Takes words out, each with the space before it. */
static GString *
without (const char *line, const char *const *words)
{
    GString *result = g_string_new ("");

    while (*line != '\0') {
        gsize space = strspn (line, " \t");
        gsize length = strcspn (line + space, " \t");

        if (length == 0 || !is_word (line + space, length, words))
            g_string_append_len (result, line, (gssize) (space + length));
        line += space + length;
    }
    return result;
}

char *
vf_boot_line_amend (const char *line, const VfBootWords *words)
{
    GString *result = without (line, words->unwanted);

    for (const char *const *word = words->wanted; *word != NULL; word++) {
        if (has_word (result->str, *word))
            continue;
        if (result->len > 0 && result->str[result->len - 1] != ' ')
            g_string_append_c (result, ' ');
        g_string_append (result, *word);
    }
    if (strspn (line, " \t") == 0)
        g_string_erase (result, 0, (gssize) strspn (result->str, " \t"));
    return g_string_free (result, FALSE);
}

char *
vf_boot_line_amend_entry (const char *line, const VfBootWords *words)
{
    static const char key[] = "options";
    gsize value = strlen (key);
    g_autofree char *head = NULL;
    g_autofree char *rest = NULL;
    g_autofree char *amended = NULL;
    const char *end = "";

    if (!g_str_has_prefix (line, key) || (line[value] != ' ' && line[value] != '\t'))
        return NULL;
    value += strspn (line + value, " \t");
    head = g_strndup (line, value);
    rest = g_strdup (line + value);
    /* Of a file that was written elsewhere. */
    if (g_str_has_suffix (rest, "\r"))
        end = "\r";
    rest[strlen (rest) - strlen (end)] = '\0';
    amended = vf_boot_line_amend (rest, words);
    return g_strconcat (head, amended, end, NULL);
}

char *
vf_boot_line_amend_grub (const char *line, const char *variable, const VfBootWords *words)
{
    g_autofree char *pattern = g_strdup_printf (
        "^(\\s*(?:export\\s+)?%s=([\"']))([^\"'`\\\\]*)(\\2\\s*(?:#.*)?)$", variable);
    g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_autofree char *head = NULL;
    g_autofree char *value = NULL;
    g_autofree char *tail = NULL;
    g_autofree char *amended = NULL;

    if (!g_regex_match (regex, line, 0, &match))
        return NULL;
    head = g_match_info_fetch (match, 1);
    value = g_match_info_fetch (match, 3);
    tail = g_match_info_fetch (match, 4);
    amended = vf_boot_line_amend (value, words);
    return g_strconcat (head, amended, tail, NULL);
}
