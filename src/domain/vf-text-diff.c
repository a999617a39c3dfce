/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of two texts by lines. */
#include "vf-text-diff.h"

#include <string.h>

#define CONTEXT 3

typedef struct {
    char sign; /* ' ', '-', '+' */
    const char *line;
} Line;

/* lengths[i * (n_b + 1) + j] is the length of the longest common subsequence of a[i..] and b[j..].
 */
static guint *
count_common (char **a, guint n_a, char **b, guint n_b)
{
    gsize width = (gsize) n_b + 1;
    guint *lengths = g_new0 (guint, ((gsize) n_a + 1) * width);

    for (guint i = n_a; i-- > 0;) {
        for (guint j = n_b; j-- > 0;) {
            guint *here = &lengths[i * width + j];

            if (strcmp (a[i], b[j]) == 0)
                *here = here[width + 1] + 1;
            else
                *here = MAX (here[width], here[1]);
        }
    }
    return lengths;
}

static void
add (GArray *lines, char sign, const char *text)
{
    Line line = { sign, text };

    g_array_append_val (lines, line);
}

static void
compare_middle (GArray *lines, char **a, guint n_a, char **b, guint n_b)
{
    g_autofree guint *lengths = count_common (a, n_a, b, n_b);
    gsize width = (gsize) n_b + 1;
    guint i = 0, j = 0;

    while (i < n_a && j < n_b) {
        if (strcmp (a[i], b[j]) == 0) {
            add (lines, ' ', a[i++]);
            j++;
        } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
            add (lines, '-', a[i++]);
        } else {
            add (lines, '+', b[j++]);
        }
    }
    while (i < n_a)
        add (lines, '-', a[i++]);
    while (j < n_b)
        add (lines, '+', b[j++]);
}

/* What is the same at both ends costs no comparison of each with each. */
static GArray *
compare (char **a, guint n_a, char **b, guint n_b)
{
    GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
    guint head = 0, tail = 0;

    while (head < n_a && head < n_b && strcmp (a[head], b[head]) == 0)
        add (lines, ' ', a[head++]);
    while (tail < n_a - head && tail < n_b - head
           && strcmp (a[n_a - 1 - tail], b[n_b - 1 - tail]) == 0)
        tail++;
    compare_middle (lines, a + head, n_a - head - tail, b + head, n_b - head - tail);
    for (guint i = n_a - tail; i < n_a; i++)
        add (lines, ' ', a[i]);
    return lines;
}

static gboolean
is_near_change (const GArray *lines, guint index)
{
    guint first = index > CONTEXT ? index - CONTEXT : 0;
    guint last = MIN (index + CONTEXT, lines->len - 1);

    for (guint i = first; i <= last; i++) {
        if (g_array_index (lines, Line, i).sign != ' ')
            return TRUE;
    }
    return FALSE;
}

/* "@@ -3,7 +3,6 @@" for the lines from @index on that are shown together. */
static void
add_header (GString *text, const GArray *lines, guint index, guint line_a, guint line_b)
{
    guint n_a = 0, n_b = 0;

    for (; index < lines->len && is_near_change (lines, index); index++) {
        char sign = g_array_index (lines, Line, index).sign;

        n_a += sign != '+' ? 1 : 0;
        n_b += sign != '-' ? 1 : 0;
    }
    g_string_append_printf (text, "@@ -%u,%u +%u,%u @@\n", line_a, n_a, line_b, n_b);
}

char *
vf_text_diff (const char *before, const char *after)
{
    g_auto (GStrv) a = g_strsplit (before, "\n", -1);
    g_auto (GStrv) b = g_strsplit (after, "\n", -1);
    g_autoptr (GArray) lines = compare (a, g_strv_length (a), b, g_strv_length (b));
    GString *text = g_string_new (NULL);
    guint line_a = 1, line_b = 1;
    gboolean shown = FALSE;

    for (guint i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index (lines, Line, i);
        gboolean show = is_near_change (lines, i);

        if (show && !shown)
            add_header (text, lines, i, line_a, line_b);
        if (show)
            g_string_append_printf (text, "%c%s\n", line->sign, line->line);
        shown = show;
        line_a += line->sign != '+' ? 1 : 0;
        line_b += line->sign != '-' ? 1 : 0;
    }
    return g_string_free (text, FALSE);
}
