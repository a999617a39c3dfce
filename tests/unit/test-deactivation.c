/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deactivation: what becomes of domains and pairings that lack their counterpart, and that a
 * failure leaves the VM with its GPU. */
#include "vm-stage.h"

#include <string.h>

/* The GPU could not be given back: the VM keeps it, and the person may try again. */
static void
test_undone (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;

    stage->mishap = NOTHING;
    g_assert_true (vm_stage_activate (stage, NULL));
    between = vm_stage_text (stage);
    stage->mishap = REFUSE_DROP;
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_SWITCH_RUNNING));
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, between);
}

static void
test_without_pairing (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->before, g_free);
    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    after = vm_stage_text (stage);
    g_assert_null (strstr (after, "<hostdev"));
    g_assert_null (strstr (after, "<metadata"));
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");

    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_PAIRING));
    g_clear_error (&error);
}

/* The mark is gone or the domain is: the pairing goes, the domain stays as it is. */
static void
test_without_mark (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    vm_stage_set_memory (stage, "131072");
    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm drop ");
    after = vm_stage_text (stage);
    g_assert_nonnull (strstr (after, "131072"));
}

static void
add (const char *name, Mishap mishap, void (*test) (VmStage *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/deactivation/", name, NULL);

    g_test_add (path, VmStage, GINT_TO_POINTER (mishap), vm_stage_set_up, test, vm_stage_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add ("undone", REFUSE_DROP, test_undone);
    add ("without-pairing", NOTHING, test_without_pairing);
    add ("without-mark", NOTHING, test_without_mark);
    return g_test_run ();
}
