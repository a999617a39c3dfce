/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each step of a switch gets one line, also when the switch turns back half-way. */
#include "vfc-progress.h"

/* "bind:done unbind:running", shown as the steps of the GPU. */
static void
show (VfDbusGpu *gpu, const char *steps)
{
    g_auto (GStrv) words = g_strsplit (steps, " ", -1);
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sst)"));
    for (guint i = 0; words[i] != NULL; i++) {
        g_auto (GStrv) parts = g_strsplit (words[i], ":", 2);
        gboolean ended = g_str_equal (parts[1], "done") || g_str_equal (parts[1], "failed");

        g_variant_builder_add (&builder, "(sst)", parts[0], parts[1],
                               ended ? (guint64) 1000 : (guint64) 0);
    }
    vf_dbus_gpu_set_steps (gpu, g_variant_builder_end (&builder));
}

static const struct {
    const char *name;
    const char *before;   /* steps of the switch before */
    const char *steps[8]; /* one after another */
    const char *expected;
} cases[] = {
    { "there",
      "old:done",
      { "a:running b:waiting", "a:done b:running", "a:done b:done" },
      "[1/2] a  1.0 ms\n[2/2] b  1.0 ms\n" },
    { "undone",
      "old:done",
      { "a:running b:waiting c:waiting", "a:done b:running c:waiting", "a:done b:failed c:waiting",
        "a:done b:failed c:waiting d:waiting", "a:done b:failed c:waiting d:running",
        "a:done b:failed c:waiting d:done" },
      "[1/3] a  1.0 ms\n[2/3] b: failed  1.0 ms\n[4/4] d  1.0 ms\n" },
    { "the-same-again",
      "a:done b:done",
      { "a:running b:waiting", "a:done b:running", "a:done b:done" },
      "[1/2] a  1.0 ms\n[2/2] b  1.0 ms\n" },
};

static void
test_lines (gconstpointer data)
{
    gsize index = GPOINTER_TO_SIZE (data);
    g_autofree char *self = g_strdup_printf ("/progress/%s", cases[index].name);
    g_autofree char *expected = g_strconcat ("begin\n", cases[index].expected, NULL);

    if (g_test_subprocess ()) {
        g_autoptr (VfDbusGpu) gpu = vf_dbus_gpu_skeleton_new ();
        g_autoptr (VfcProgress) progress = NULL;

        show (gpu, cases[index].before);
        progress = vfc_progress_new (gpu);
        g_printerr ("begin\n");
        for (gsize i = 0; cases[index].steps[i] != NULL; i++)
            show (gpu, cases[index].steps[i]);
        return;
    }
    g_test_trap_subprocess (self, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr (expected);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/progress/", cases[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_lines);
    }
    return g_test_run ();
}
