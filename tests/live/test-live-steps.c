/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a switch as they are shown: it goes on, another one begins, one fails and goes back.
 */
#include "vfl-steps.h"

/* Shows what @text says as a(sst) in GVariant's own notation. */
static void
show (VflSteps *steps, const char *text)
{
    g_autoptr (GVariant) shown =
        g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE ("a(sst)"), text, NULL, NULL, NULL));

    vfl_steps_show (steps, shown);
}

static void
assert_words (VflSteps *steps, const char *expected)
{
    g_autofree char *words = NULL;

    g_object_get (steps, "words", &words, NULL);
    g_assert_cmpstr (words, ==, expected);
}

static void
assert_standing (VflSteps *steps, guint position, VflStepStanding standing, const char *expected)
{
    g_autoptr (VflStep) step = g_list_model_get_item (G_LIST_MODEL (steps), position);
    g_autofree char *words = NULL;

    g_assert_cmpint (vfl_step_standing (step), ==, standing);
    g_object_get (step, "standing-words", &words, NULL);
    g_assert_cmpstr (words, ==, expected);
}

static void
count_changes (GListModel *list, guint position, guint removed, guint added, gpointer counts)
{
    ((guint *) counts)[0] += removed;
    ((guint *) counts)[1] += added;
}

static void
test_goes_on (void)
{
    g_autoptr (VflSteps) steps = vfl_steps_new ();
    g_autoptr (VflStep) first = NULL;
    g_autoptr (VflStep) same = NULL;
    guint counts[2] = { 0 };
    double fraction;

    assert_words (steps, "");
    g_signal_connect (steps, "items-changed", G_CALLBACK (count_changes), counts);
    show (steps, "[('unbind', 'running', 0), ('bind', 'waiting', 0)]");
    assert_words (steps, "Step 1 of 2: unbind");
    first = g_list_model_get_item (G_LIST_MODEL (steps), 0);
    show (steps, "[('unbind', 'done', 12500), ('bind', 'running', 0)]");
    same = g_list_model_get_item (G_LIST_MODEL (steps), 0);
    g_assert_true (first == same);
    assert_standing (steps, 0, VFL_STEP_DONE, "12 ms");
    assert_standing (steps, 1, VFL_STEP_RUNNING, "running");
    assert_words (steps, "Step 2 of 2: bind");
    g_object_get (steps, "fraction", &fraction, NULL);
    g_assert_cmpfloat_with_epsilon (fraction, 0.5, 0.001);
    show (steps, "[('unbind', 'done', 12500), ('bind', 'done', 999)]");
    assert_standing (steps, 1, VFL_STEP_DONE, "under 1 ms");
    assert_words (steps, "2 of 2 steps");
    g_assert_cmpuint (counts[0], ==, 0);
    g_assert_cmpuint (counts[1], ==, 2);
}

static void
test_another_begins (void)
{
    g_autoptr (VflSteps) steps = vfl_steps_new ();
    guint counts[2] = { 0 };

    show (steps, "[('unbind', 'done', 5000), ('bind', 'done', 5000)]");
    g_signal_connect (steps, "items-changed", G_CALLBACK (count_changes), counts);
    show (steps, "[('clear', 'running', 0)]");
    g_assert_cmpuint (counts[0], ==, 2);
    g_assert_cmpuint (counts[1], ==, 1);
    assert_words (steps, "Step 1 of 1: clear");
    vfl_steps_show (steps, NULL);
    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (steps)), ==, 0);
}

static void
test_fails_and_goes_back (void)
{
    g_autoptr (VflSteps) steps = vfl_steps_new ();
    guint counts[2] = { 0 };

    show (steps, "[('unbind', 'done', 5000), ('bind', 'running', 0)]");
    g_signal_connect (steps, "items-changed", G_CALLBACK (count_changes), counts);
    show (steps, "[('unbind', 'done', 5000), ('bind', 'failed', 7000), ('undo', 'waiting', 0)]");
    assert_standing (steps, 1, VFL_STEP_FAILED, "failed");
    assert_words (steps, "Step 2 of 3: bind");
    g_assert_cmpuint (counts[0], ==, 0);
    g_assert_cmpuint (counts[1], ==, 1);
    show (steps, "[('unbind', 'done', 5000), ('bind', 'failed', 7000), ('undo', 'waiting', 0),"
                 " ('wait', 'running', 0), ('bind', 'waiting', 0)]");
    assert_words (steps, "Step 4 of 5: wait");
    show (steps, "[('unbind', 'done', 5000), ('bind', 'failed', 7000), ('undo', 'waiting', 0),"
                 " ('wait', 'done', 9000), ('bind', 'done', 6000)]");
    assert_words (steps, "3 of 5 steps");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/live-steps/goes-on", test_goes_on);
    g_test_add_func ("/live-steps/another-begins", test_another_begins);
    g_test_add_func ("/live-steps/fails-and-goes-back", test_fails_and_goes_back);
    return g_test_run ();
}
