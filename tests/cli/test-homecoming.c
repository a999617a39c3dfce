/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts as a GPU's way home, whatever follows before anybody can look again. */
#include "vf-error.h"
#include "vfc-homecoming.h"

/* What the daemon says, one after another. */
typedef struct {
    const char *state;
    const char *reason; /* of the result that comes with it; NULL for none */
} Word;

typedef struct {
    VfDbusGpu *gpu;
    const Word *word;
} Speech;

static gboolean
say_next (gpointer data)
{
    Speech *speech = data;
    const Word *word = speech->word++;

    if (word->reason != NULL)
        vf_dbus_gpu_set_result (speech->gpu, g_variant_new ("(ss)", word->reason, "It did not."));
    vf_dbus_gpu_set_state (speech->gpu, word->state);
    return G_SOURCE_REMOVE;
}

/* Each word is an event of its own, and all of them are there when the wait begins. */
static gboolean
wait_for (const Word *words, gsize n_words, GError **error)
{
    g_autoptr (VfDbusGpu) gpu = vf_dbus_gpu_skeleton_new ();
    g_autoptr (VfcHomecoming) homecoming = NULL;
    Speech speech = { gpu, words };

    vf_dbus_gpu_set_address (gpu, "0000:01:00.0");
    vf_dbus_gpu_set_state (gpu, "in-use");
    homecoming = vfc_homecoming_of (gpu);
    for (gsize i = 0; i < n_words; i++)
        g_idle_add (say_next, &speech);
    return vfc_homecoming_wait (homecoming, error);
}

static void
test_home (void)
{
    static const Word words[] = { { "returning", NULL }, { "host", NULL } };
    g_autoptr (GError) error = NULL;

    g_assert_true (wait_for (words, G_N_ELEMENTS (words), &error));
    g_assert_no_error (error);
}

/* The daemon had it brought home, and heard only then of the hook's release. */
static void
test_looked_at_again (void)
{
    static const Word words[] = { { "returning", NULL }, { "host", NULL }, { "returning", NULL } };
    g_autoptr (GError) error = NULL;

    g_assert_true (wait_for (words, G_N_ELEMENTS (words), &error));
    g_assert_no_error (error);
}

static void
test_failed (void)
{
    static const Word words[] = { { "returning", NULL }, { "mixed", "step-rejected" } };
    g_autoptr (GError) error = NULL;

    g_assert_false (wait_for (words, G_N_ELEMENTS (words), &error));
    g_assert_true (vf_error_is (error, VF_REASON_STEP_REJECTED));
    g_assert_cmpstr (error->message, ==, "It did not.");
}

/* A return that failed is tried again by the daemon itself. */
static void
test_tried_again (void)
{
    static const Word words[] = {
        { "returning", NULL }, { "mixed", "no-worker" }, { "returning", NULL }, { "host", NULL }
    };
    g_autoptr (GError) error = NULL;

    g_assert_true (wait_for (words, G_N_ELEMENTS (words), &error));
    g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/homecoming/home", test_home);
    g_test_add_func ("/homecoming/looked_at_again", test_looked_at_again);
    g_test_add_func ("/homecoming/failed", test_failed);
    g_test_add_func ("/homecoming/tried_again", test_tried_again);
    return g_test_run ();
}
