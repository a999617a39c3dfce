/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept over a login: it comes back as it was, for a while, and a file that is not like that
 * is nothing. */
#include "vfl-intent.h"

#include "fake-home.h"
#include "fake-tree.h"
#include "vf-holder.h"
#include "vf-input.h"

#include <glib/gstdio.h>
#include <string.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define GPU "0000:01:00.0"
#define NOW 1700000000
#define DAY (24 * 60 * 60)

static char *
intent_file (void)
{
    return g_build_filename (g_get_user_state_dir (), "virtflow", "intent.ini", NULL);
}

static char *
entry_file (void)
{
    return g_build_filename (g_get_user_config_dir (), "autostart",
                             "org.virtflow.VirtFlow.continue.desktop", NULL);
}

static void
assert_files (gboolean there)
{
    g_autofree char *intent = intent_file ();
    g_autofree char *entry = entry_file ();

    g_assert_cmpint (g_file_test (intent, G_FILE_TEST_EXISTS), ==, there);
    g_assert_cmpint (g_file_test (entry, G_FILE_TEST_EXISTS), ==, there);
}

static VflIntent *
example (void)
{
    VflIntent *intent = vfl_intent_new (UUID, GPU);

    g_ptr_array_add (intent->inputs,
                     vf_input_new_evdev ("/dev/input/by-id/usb-A;B-event-kbd", NULL));
    g_ptr_array_add (intent->inputs, vf_input_new_usb ("046d:c52b", NULL));
    intent->desktop = 1812;
    intent->desktop_start = G_MAXUINT64;
    intent->made = NOW;
    return intent;
}

static void
keep (void)
{
    g_autoptr (VflIntent) intent = example ();
    GError *error = NULL;

    vfl_intent_keep (intent, &error);
    g_assert_no_error (error);
    assert_files (TRUE);
}

static void
test_kept (void)
{
    g_autoptr (VflIntent) expected = example ();
    g_autoptr (VflIntent) intent = NULL;
    g_autoptr (GKeyFile) entry = g_key_file_new ();
    g_autofree char *path = entry_file ();
    g_autofree char *command = NULL;

    keep ();
    intent = vfl_intent_recall (NOW + 1);
    g_assert_nonnull (intent);
    g_assert_cmpstr (intent->machine, ==, UUID);
    g_assert_cmpstr (intent->gpu, ==, GPU);
    g_assert_cmpuint (intent->inputs->len, ==, 2);
    for (guint i = 0; i < 2; i++)
        g_assert_true (vf_input_equal (intent->inputs->pdata[i], expected->inputs->pdata[i]));
    g_assert_cmpuint (intent->desktop, ==, 1812);
    g_assert_cmpuint (intent->desktop_start, ==, G_MAXUINT64);
    g_assert_cmpint (intent->made, ==, NOW);
    assert_files (TRUE);
    g_assert_true (g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL));
    command = g_key_file_get_string (entry, "Desktop Entry", "Exec", NULL);
    g_assert_cmpstr (command, ==, "virtflow-gtk --continue");
}

static void
test_forgotten (void)
{
    vfl_intent_forget ();
    keep ();
    vfl_intent_forget ();
    assert_files (FALSE);
    g_assert_null (vfl_intent_recall (NOW));
}

static void
test_fulfilled (void)
{
    g_autoptr (VflIntent) intent = example ();
    GError *error = NULL;

    intent->made = g_get_real_time () / G_USEC_PER_SEC;
    vfl_intent_keep (intent, &error);
    g_assert_no_error (error);
    vfl_intent_fulfil ("6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02");
    assert_files (TRUE);
    vfl_intent_fulfil (UUID);
    assert_files (FALSE);
}

/* Nobody knows a week later why the app opens that dialog. */
static void
test_too_old (void)
{
    static const struct {
        gint64 now;
        gboolean counts;
    } cases[] = {
        { NOW - DAY, FALSE },        { NOW - DAY + 1, TRUE },  { NOW, TRUE },
        { NOW + 7 * DAY - 1, TRUE }, { NOW + 7 * DAY, FALSE }, { G_MAXINT64 / 2, FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (VflIntent) intent = NULL;

        keep ();
        intent = vfl_intent_recall (cases[i].now);
        g_assert_cmpint (intent != NULL, ==, cases[i].counts);
        assert_files (cases[i].counts);
    }
}

#define GOOD_MACHINE "machine=" UUID "\n"
#define GOOD_GPU "gpu=" GPU "\n"
#define GOOD_REST "desktop=1812\ndesktop-start=1912\nmade=1700000000\n"

static void
test_garbled (void)
{
    static const char *const texts[] = {
        "",
        "intent",
        "[intent]\n",
        "\x7f"
        "ELF\xff\xfe",
        "[other]\n" GOOD_MACHINE GOOD_GPU GOOD_REST,
        "[intent]\n" GOOD_GPU GOOD_REST,
        "[intent]\n" GOOD_MACHINE GOOD_REST,
        "[intent]\nmachine=guest\n" GOOD_GPU GOOD_REST,
        "[intent]\nmachine=\xff\n" GOOD_GPU GOOD_REST,
        "[intent]\n" GOOD_MACHINE "gpu=../../etc\n" GOOD_REST,
        "[intent]\n" GOOD_MACHINE GOOD_GPU "inputs=/etc/shadow\n" GOOD_REST,
        "[intent]\n" GOOD_MACHINE GOOD_GPU "inputs=046d:c52b;x;\n" GOOD_REST,
        "[intent]\n" GOOD_MACHINE GOOD_GPU "made=1700000000\n",
        "[intent]\n" GOOD_MACHINE GOOD_GPU "desktop=4294969108\nmade=1700000000\n",
        "[intent]\n" GOOD_MACHINE GOOD_GPU "desktop=-1\nmade=1700000000\n",
        "[intent]\n" GOOD_MACHINE GOOD_GPU "desktop=1812\n",
        "[intent]\n" GOOD_MACHINE GOOD_GPU "desktop=1812\nmade=soon\n",
        "[intent]\n" GOOD_MACHINE GOOD_GPU "desktop=1812\nmade=-9223372036854775808\n",
    };
    g_autofree char *path = intent_file ();
    g_autoptr (VflIntent) good = NULL;

    keep ();
    g_assert_true (
        g_file_set_contents (path, "[intent]\n" GOOD_MACHINE GOOD_GPU GOOD_REST, -1, NULL));
    good = vfl_intent_recall (NOW);
    g_assert_nonnull (good);
    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (VflIntent) intent = NULL;

        keep ();
        g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
        intent = vfl_intent_recall (NOW);
        if (intent != NULL)
            g_error ("This counts as an intent: %s", texts[i]);
        assert_files (FALSE);
    }
}

/* Half of it would start the app for nothing, or not at all. */
static void
test_not_kept (void)
{
    g_autoptr (VflIntent) intent = example ();
    g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
    g_autoptr (GError) error = NULL;

    fake_tree_remove (g_get_user_config_dir ());
    g_assert_no_errno (g_mkdir_with_parents (g_get_user_config_dir (), 0700));
    g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
    g_assert_false (vfl_intent_keep (intent, &error));
    g_assert_nonnull (error);
    assert_files (FALSE);
    g_assert_no_errno (g_unlink (folder));
}

static void
test_early (void)
{
    static const struct {
        guint32 pid;
        guint64 start;
        gboolean early;
    } cases[] = {
        { 1812, G_MAXUINT64, TRUE },
        { 1812, 1912, FALSE }, /* its number was given to another */
        { 1813, G_MAXUINT64, FALSE },
    };
    g_autoptr (VflIntent) intent = example ();
    g_autoptr (GPtrArray) holders = g_ptr_array_new ();
    VfHolder other = { .pid = 1, .start_time = 1 };

    g_assert_false (vfl_intent_is_early (intent, holders));
    g_ptr_array_add (holders, &other);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        VfHolder holder = { .pid = cases[i].pid, .start_time = cases[i].start };

        g_ptr_array_add (holders, &holder);
        g_assert_cmpint (vfl_intent_is_early (intent, holders), ==, cases[i].early);
        g_ptr_array_set_size (holders, 1);
    }
}

int
main (int argc, char **argv)
{
    char *home = fake_home_new ();
    int status;

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/intent/kept", test_kept);
    g_test_add_func ("/intent/forgotten", test_forgotten);
    g_test_add_func ("/intent/fulfilled", test_fulfilled);
    g_test_add_func ("/intent/too-old", test_too_old);
    g_test_add_func ("/intent/garbled", test_garbled);
    g_test_add_func ("/intent/not-kept", test_not_kept);
    g_test_add_func ("/intent/early", test_early);
    status = g_test_run ();
    fake_tree_remove (home);
    g_free (home);
    return status;
}
