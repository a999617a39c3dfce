/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line difference: its form, and that applying it to the first text gives the second. */
#include "vf-text-diff.h"

#include <stdio.h>
#include <string.h>

static void
test_form (void)
{
    static const struct {
        const char *before, *after, *diff;
    } cases[] = {
        { "", "", "" },
        { "a\nb\n", "a\nb\n", "" },
        { "", "a\n", "@@ -0,0 +1,1 @@\n+a\n" },
        { "a\n", "", "@@ -1,1 +0,0 @@\n-a\n" },
        { "a\n", "b\n", "@@ -1,1 +1,1 @@\n-a\n+b\n" },
        { "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nx\n7\n8\n9\n",
          "@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+x\n 7\n 8\n 9\n" },
        { "x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n",
          "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n" },
        { "x\n1\n2\n3\n4\n5\n6\n7\ny\n", "1\n2\n3\n4\n5\n6\n7\n",
          "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *diff = vf_text_diff (cases[i].before, cases[i].after);

        g_assert_cmpstr (diff, ==, cases[i].diff);
    }
}

static char *
random_text (guint lines, guint kinds)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < lines; i++)
        g_string_append_printf (text, "%d\n", g_test_rand_int_range (0, (int) kinds));
    return g_string_free (text, FALSE);
}

/* What patch(1) does: copies what no hunk covers, takes the lines with ' ' and '+' of the others.
 */
static char *
apply (const char *before, const char *diff)
{
    g_auto (GStrv) lines = g_strsplit (before, "\n", -1);
    g_auto (GStrv) edits = g_strsplit (diff, "\n", -1);
    GString *text = g_string_new (NULL);
    guint at = 0, start, count;

    for (guint i = 0; edits[i] != NULL && edits[i][0] != '\0'; i++) {
        if (edits[i][0] == '@') {
            g_assert_cmpint (sscanf (edits[i], "@@ -%u,%u", &start, &count), ==, 2);
            for (start -= count > 0; at < start; at++)
                g_string_append_printf (text, "%s\n", lines[at]);
            continue;
        }
        if (edits[i][0] != '+')
            g_assert_cmpstr (lines[at++], ==, edits[i] + 1);
        if (edits[i][0] != '-')
            g_string_append_printf (text, "%s\n", edits[i] + 1);
    }
    for (; lines[at] != NULL && lines[at][0] != '\0'; at++)
        g_string_append_printf (text, "%s\n", lines[at]);
    return g_string_free (text, FALSE);
}

static void
test_applies (void)
{
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *before = random_text ((guint) g_test_rand_int_range (0, 40), 6);
        g_autofree char *after = random_text ((guint) g_test_rand_int_range (0, 40), 6);
        g_autofree char *diff = vf_text_diff (before, after);
        g_autofree char *result = apply (before, diff);

        g_assert_cmpstr (result, ==, after);
    }
}

static void
test_nothing_in_common (void)
{
    g_autofree char *before = random_text (5000, 10);
    g_autoptr (GString) after = g_string_new (NULL);
    g_autofree char *diff = NULL;

    for (guint i = 0; i < 5000; i++)
        g_string_append (after, "x\n");
    diff = vf_text_diff (before, after->str);
    g_assert_true (g_str_has_prefix (diff, "@@ -1,5000 +1,5000 @@\n"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-diff/form", test_form);
    g_test_add_func ("/text-diff/applies", test_applies);
    g_test_add_func ("/text-diff/nothing-in-common", test_nothing_in_common);
    return g_test_run ();
}
