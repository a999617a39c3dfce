/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for the fewest changed lines (Myers, "An O(ND) difference algorithm") and the
 * unified format. */
#include "vf-text-diff.h"

#include <string.h>

#define CONTEXT 3

/* Two texts that differ in more lines than this are shown as one removed and one added: time and
 * memory grow with the square. */
#define EDITS_MAX 2000

typedef struct {
    char **lines;
    guint n_lines;
    gboolean *changed; /* of each line: it has no counterpart in the other text */
} Side;

static void
side_init (Side *side, const char *text)
{
    side->lines = g_strsplit (text, "\n", -1);
    side->n_lines = g_strv_length (side->lines);
    if (side->n_lines > 0 && side->lines[side->n_lines - 1][0] == '\0')
        side->n_lines--;
    side->changed = g_new0 (gboolean, side->n_lines + 1);
}

static void
side_clear (Side *side)
{
    g_strfreev (side->lines);
    g_free (side->changed);
}

static gboolean
same (const Side *a, int i, const Side *b, int k)
{
    return strcmp (a->lines[i], b->lines[k]) == 0;
}

/* Goes back along the furthest paths of each number of edits and marks what is not on them. */
static void
mark_path (GPtrArray *traces, Side *a, Side *b, int x, int y)
{
    for (int edits = (int) traces->len - 1; edits > 0; edits--) {
        const int *furthest = (const int *) traces->pdata[edits - 1] + edits - 1;
        int diagonal = x - y;
        gboolean added = diagonal == -edits
                         || (diagonal != edits && furthest[diagonal - 1] < furthest[diagonal + 1]);
        int from = furthest[added ? diagonal + 1 : diagonal - 1];

        if (added)
            b->changed[from - diagonal - 1] = TRUE;
        else
            a->changed[from] = TRUE;
        x = from;
        y = from - (added ? diagonal + 1 : diagonal - 1);
    }
}

/* Follows equal lines from the best end of the paths with one edit less. */
static int
extend (const Side *a, const Side *b, const int *furthest, int edits, int diagonal)
{
    int x;

    if (edits == 0)
        x = 0;
    else if (diagonal == -edits
             || (diagonal != edits && furthest[diagonal - 1] < furthest[diagonal + 1]))
        x = furthest[diagonal + 1];
    else
        x = furthest[diagonal - 1] + 1;
    while (x < (int) a->n_lines && x - diagonal < (int) b->n_lines && same (a, x, b, x - diagonal))
        x++;
    return x;
}

static void
mark_changes (Side *a, Side *b)
{
    g_autoptr (GPtrArray) traces = g_ptr_array_new_with_free_func (g_free);
    const int n = (int) a->n_lines, m = (int) b->n_lines;

    for (int edits = 0; edits <= EDITS_MAX; edits++) {
        int *trace = g_new0 (int, 2 * edits + 3);
        int *furthest = trace + edits;
        const int *previous = edits > 0 ? (const int *) traces->pdata[edits - 1] + edits - 1 : NULL;

        g_ptr_array_add (traces, trace);
        for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
            furthest[diagonal] = extend (a, b, previous, edits, diagonal);
            if (furthest[diagonal] >= n && furthest[diagonal] - diagonal >= m) {
                mark_path (traces, a, b, n, m);
                return;
            }
        }
    }
    for (int i = 0; i < n; i++)
        a->changed[i] = TRUE;
    for (int k = 0; k < m; k++)
        b->changed[k] = TRUE;
}

/* One stretch of lines of both texts; at most CONTEXT unchanged ones at its ends. */
typedef struct {
    guint a, n_a;
    guint b, n_b;
} Hunk;

/* The next line of the merged texts: of the first text, of the second, or of both. Both are at
 * their end if FALSE. */
static gboolean
step (const Side *a, const Side *b, guint *i, guint *k, char *sign)
{
    if (*i < a->n_lines && a->changed[*i]) {
        (*i)++;
        *sign = '-';
    } else if (*k < b->n_lines && b->changed[*k]) {
        (*k)++;
        *sign = '+';
    } else if (*i < a->n_lines && *k < b->n_lines) {
        (*i)++;
        (*k)++;
        *sign = ' ';
    } else {
        return FALSE;
    }
    return TRUE;
}

/* The stretch that holds the next changes from @i and @k on. */
static gboolean
next_hunk (const Side *a, const Side *b, guint i, guint k, Hunk *hunk)
{
    guint unchanged = 0, end_a, end_b;
    char sign = 0;

    do {
        hunk->a = i;
        hunk->b = k;
        if (!step (a, b, &i, &k, &sign))
            return FALSE;
        unchanged += sign == ' ';
    } while (sign == ' ');
    unchanged = MIN (unchanged, CONTEXT);
    hunk->a -= unchanged;
    hunk->b -= unchanged;

    end_a = i;
    end_b = k;
    unchanged = 0;
    while (unchanged <= 2 * CONTEXT && step (a, b, &i, &k, &sign)) {
        unchanged = sign == ' ' ? unchanged + 1 : 0;
        if (unchanged <= CONTEXT) {
            end_a = i;
            end_b = k;
        }
    }
    hunk->n_a = end_a - hunk->a;
    hunk->n_b = end_b - hunk->b;
    return TRUE;
}

static void
append_hunk (GString *text, const Side *a, const Side *b, const Hunk *hunk)
{
    guint i = hunk->a, k = hunk->b;
    char sign = 0;

    /* A stretch without lines is said to begin at the line before it. */
    g_string_append_printf (text, "@@ -%u,%u +%u,%u @@\n", hunk->a + (hunk->n_a > 0), hunk->n_a,
                            hunk->b + (hunk->n_b > 0), hunk->n_b);
    while (i < hunk->a + hunk->n_a || k < hunk->b + hunk->n_b) {
        step (a, b, &i, &k, &sign);
        g_string_append_c (text, sign);
        g_string_append (text, sign == '+' ? b->lines[k - 1] : a->lines[i - 1]);
        g_string_append_c (text, '\n');
    }
}

char *
vf_text_diff (const char *before, const char *after)
{
    GString *text = g_string_new (NULL);
    Hunk hunk = { 0 };
    Side a, b;

    side_init (&a, before);
    side_init (&b, after);
    mark_changes (&a, &b);
    while (next_hunk (&a, &b, hunk.a + hunk.n_a, hunk.b + hunk.n_b, &hunk))
        append_hunk (text, &a, &b, &hunk);
    side_clear (&a);
    side_clear (&b);
    return g_string_free (text, FALSE);
}
