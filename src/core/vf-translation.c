/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the formats of all sentences that come from other programs, and finds them again in text. */
#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_CAPTURES 12
#define MOST_STOPS 8
/* What is looked at within a text does not overlap, so the work is at most so many times a few
 * times that for the text itself, whatever it says. */
#define DEEPEST 12

static const char *const formats[] = {
#include "vf-translation-formats.h"
};

/* A format, cut at its conversions: the literal before each of them, and that behind the last. */
typedef struct {
    const char *format;
    char *literals[MOST_CAPTURES + 1];
    char conversions[MOST_CAPTURES];
    guint n_conversions;
    gsize weight; /* of the literals */
} Pattern;

typedef struct {
    const char *start;
    gsize length;
} Slice;

/* Those that begin with a word by that word; those that begin with a conversion. */
typedef struct {
    GHashTable *by_word;
    GPtrArray *others;
} Index;

static char *translate (Slice text, guint depth);

/* Reads the conversion behind a '%'. Returns the end, and in @position which argument it names by
 * "2$", or 0. */
static const char *
read_conversion (const char *next, guint *position, char *conversion)
{
    gsize digits = strspn (next, G_CSET_DIGITS);

    *position = 0;
    if (digits > 0 && digits < 3 && next[digits] == '$') {
        *position = (guint) g_ascii_strtoull (next, NULL, 10);
        next += digits + 1;
    }
    next += strspn (next, "-+ #0123456789.");
    next += strspn (next, "hlzjt");
    *conversion = *next;
    return *next != '\0' ? next + 1 : next;
}

static void
pattern_free (Pattern *pattern)
{
    for (guint i = 0; i <= pattern->n_conversions; i++)
        g_free (pattern->literals[i]);
    g_free (pattern);
}

/* Without a word of its own a format would be found in anything. */
static gboolean
has_word (const Pattern *pattern)
{
    guint n_letters = 0;

    for (guint i = 0; i <= pattern->n_conversions; i++)
        for (const char *c = pattern->literals[i]; *c != '\0'; c++)
            n_letters += g_ascii_isalpha (*c);
    return n_letters >= 3 && strchr (pattern->format, ' ') != NULL;
}

static gboolean
cut (Pattern *pattern)
{
    g_autoptr (GString) literal = g_string_new (NULL);

    for (const char *next = pattern->format; *next != '\0';) {
        guint position;
        char conversion;

        if (*next != '%' || next[1] == '%') {
            g_string_append_c (literal, *next);
            next += *next == '%' ? 2 : 1;
            continue;
        }
        next = read_conversion (next + 1, &position, &conversion);
        /* Where one argument ends and the next one begins could not be seen. */
        if (strchr ("sduxc", conversion) == NULL || pattern->n_conversions == MOST_CAPTURES
            || (pattern->n_conversions > 0 && literal->len == 0))
            return FALSE;
        pattern->weight += literal->len;
        pattern->conversions[pattern->n_conversions] = conversion;
        pattern->literals[pattern->n_conversions++] = g_strdup (literal->str);
        g_string_truncate (literal, 0);
    }
    pattern->weight += literal->len;
    pattern->literals[pattern->n_conversions] = g_strdup (literal->str);
    return has_word (pattern);
}

static void
add_pattern (Index *index, Pattern *pattern)
{
    const char *space = strchr (pattern->literals[0], ' ');
    g_autofree char *word = NULL;
    GPtrArray *list = index->others;

    if (space != NULL) {
        word = g_strndup (pattern->literals[0], (gsize) (space - pattern->literals[0]));
        list = g_hash_table_lookup (index->by_word, word);
        if (list == NULL) {
            list = g_ptr_array_new ();
            g_hash_table_insert (index->by_word, g_steal_pointer (&word), list);
        }
    }
    g_ptr_array_add (list, pattern);
}

static gpointer
make_index (gpointer data)
{
    Index *index = g_new0 (Index, 1);

    index->by_word = g_hash_table_new (g_str_hash, g_str_equal);
    index->others = g_ptr_array_new ();
    for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
        Pattern *pattern = g_new0 (Pattern, 1);

        pattern->format = formats[i];
        if (cut (pattern))
            add_pattern (index, pattern);
        else
            pattern_free (pattern);
    }
    return index;
}

static const Index *
get_index (void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once (&once, make_index, NULL);
}

static Slice
slice (const char *start, const char *end)
{
    return (Slice){ start, (gsize) (end - start) };
}

static gboolean
begins_with (Slice text, const char *literal)
{
    gsize length = strlen (literal);

    return text.length >= length && memcmp (text.start, literal, length) == 0;
}

/* What @conversion may have made. */
static gboolean
fits (Slice text, char conversion)
{
    const char *allowed = conversion == 'x' ? "0123456789abcdef" : "0123456789";

    if (conversion == 's')
        return TRUE;
    if (conversion == 'c')
        return text.length == 1;
    if (conversion == 'd' && text.length > 1 && *text.start == '-')
        text = (Slice){ text.start + 1, text.length - 1 };
    for (gsize i = 0; i < text.length; i++)
        if (memchr (allowed, text.start[i], strlen (allowed)) == NULL)
            return FALSE;
    return text.length > 0;
}

/* Each literal where it occurs first, the last one at the end: whether there is any way to match
 * shows like that without trying another one. */
static gboolean
matches (const Pattern *pattern, Slice text, Slice *captures)
{
    const char *end = text.start + text.length;
    const char *next = text.start + strlen (pattern->literals[0]);

    if (!begins_with (text, pattern->literals[0]))
        return FALSE;
    for (guint i = 0; i < pattern->n_conversions; i++) {
        const char *literal = pattern->literals[i + 1];
        gsize length = strlen (literal);
        gboolean last = i + 1 == pattern->n_conversions;
        const char *found;

        if ((gsize) (end - next) < length)
            return FALSE;
        found = last ? end - length : memmem (next, (gsize) (end - next), literal, length);
        if (found == NULL || memcmp (found, literal, length) != 0)
            return FALSE;
        captures[i] = slice (next, found);
        if (!fits (captures[i], pattern->conversions[i]))
            return FALSE;
        next = found + length;
    }
    return next == end;
}

static const Pattern *
better (const GPtrArray *list, const Pattern *best, Slice text, Slice *captures)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const Pattern *pattern = list->pdata[i];
        Slice found[MOST_CAPTURES];

        if ((best == NULL || pattern->weight > best->weight) && matches (pattern, text, found)) {
            best = pattern;
            memcpy (captures, found, sizeof found);
        }
    }
    return best;
}

static const Pattern *
find_pattern (Slice text, Slice *captures)
{
    const Index *index = get_index ();
    const char *space = memchr (text.start, ' ', text.length);
    g_autofree char *word = NULL;
    const Pattern *best;

    /* A single word is a name more often than it is ours. */
    if (space == NULL)
        return NULL;
    word = g_strndup (text.start, (gsize) (space - text.start));
    best = better (g_hash_table_lookup (index->by_word, word), NULL, text, captures);
    return better (index->others, best, text, captures);
}

/* NULL when the catalog does not have it, or has something that does not fit. */
static char *
fill_in (const Pattern *pattern, const Slice *captures, guint depth)
{
    const char *format = _ (pattern->format);
    g_autoptr (GString) text = NULL;
    guint n_conversions = 0;

    if (strcmp (format, pattern->format) == 0)
        return NULL;
    text = g_string_new (NULL);
    for (const char *next = format; *next != '\0';) {
        g_autofree char *filled = NULL;
        guint position;
        char conversion;

        if (*next != '%' || next[1] == '%') {
            g_string_append_c (text, *next);
            next += *next == '%' ? 2 : 1;
            continue;
        }
        next = read_conversion (next + 1, &position, &conversion);
        n_conversions++;
        if (position == 0)
            position = n_conversions;
        if (position > pattern->n_conversions)
            return NULL;
        filled = translate (captures[position - 1], depth + 1);
        g_string_append (text, filled);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
translate_pattern (Slice text, guint depth)
{
    Slice captures[MOST_CAPTURES];
    const Pattern *pattern = find_pattern (text, captures);

    return pattern != NULL ? fill_in (pattern, captures, depth) : NULL;
}

static char *
translate_lines (Slice text, guint depth)
{
    g_autofree char *whole = g_strndup (text.start, text.length);
    g_auto (GStrv) lines = g_strsplit (whole, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        char *translated = translate ((Slice){ *line, strlen (*line) }, depth + 1);

        g_free (*line);
        *line = translated;
    }
    return g_strjoinv ("\n", lines);
}

/* The places in @text where @separator, of two bytes, stands. */
static guint
find_stops (Slice text, const char *separator, const char **stops)
{
    const char *end = text.start + text.length;
    guint n_stops = 0;

    for (const char *next = text.start; n_stops < MOST_STOPS; next++) {
        next = memmem (next, (gsize) (end - next), separator, 2);
        if (next == NULL)
            break;
        stops[n_stops++] = next;
    }
    return n_stops;
}

/* Sentences one behind the other: the longest beginning that is ours, then the rest. */
static char *
translate_sentences (Slice text, guint depth)
{
    const char *end = text.start + text.length;
    const char *stops[MOST_STOPS];
    guint n_stops = find_stops (text, ". ", stops);

    while (n_stops-- > 0) {
        const char *behind = stops[n_stops] + 1;
        g_autofree char *first = translate_pattern (slice (text.start, behind), depth);
        g_autofree char *rest = NULL;

        if (first == NULL)
            continue;
        rest = translate (slice (behind + 1, end), depth + 1);
        return g_strjoin (" ", first, rest, NULL);
    }
    return NULL;
}

static gsize
weigh (Slice text)
{
    Slice captures[MOST_CAPTURES];
    const Pattern *pattern = find_pattern (text, captures);

    return pattern != NULL ? pattern->weight : 0;
}

/* A list that was filled in, whose parts may have commas of their own: what is ours in it is most
 * when it is cut at the right ones. NULL when it is most uncut. */
static char *
translate_list (Slice text, guint depth)
{
    const char *end = text.start + text.length;
    const char *stops[MOST_STOPS];
    guint n_stops = find_stops (text, ", ", stops);
    const char *best = NULL;
    gsize most = n_stops > 0 ? weigh (text) : 0;
    g_autofree char *first = NULL;
    g_autofree char *rest = NULL;

    for (guint i = 0; i < n_stops; i++) {
        gsize weight = weigh (slice (text.start, stops[i])) + weigh (slice (stops[i] + 2, end));

        if (weight > most) {
            most = weight;
            best = stops[i];
        }
    }
    if (best == NULL)
        return NULL;
    first = translate (slice (text.start, best), depth + 1);
    rest = translate (slice (best + 2, end), depth + 1);
    return g_strjoin (", ", first, rest, NULL);
}

static char *
translate (Slice text, guint depth)
{
    char *translated = NULL;

    if (depth == DEEPEST)
        return g_strndup (text.start, text.length);
    if (depth > 0)
        translated = translate_list (text, depth);
    if (translated == NULL)
        translated = translate_pattern (text, depth);
    if (translated == NULL && memchr (text.start, '\n', text.length) != NULL)
        return translate_lines (text, depth);
    if (translated == NULL)
        translated = translate_sentences (text, depth);
    return translated != NULL ? translated : g_strndup (text.start, text.length);
}

/* The header of the catalog is the translation of nothing. */
static gboolean
has_catalog (void)
{
    const char *nothing = "";

    return *g_dgettext (GETTEXT_PACKAGE, nothing) != '\0';
}

char *
vf_translation_of (const char *english)
{
    gsize length = strlen (english);

    if (length > VF_TRANSLATION_MAX || !has_catalog ())
        return g_strdup (english);
    return translate ((Slice){ english, length }, 0);
}
