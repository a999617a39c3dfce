/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the app shows of set-up: what is lacking, that it is put right and taken back, what fails.
 * Argument: the folder of the programs for fake machines. */
#include "vfl-setup.h"

#include "fake-home.h"
#include "fake-polkit.h"
#include "fake-setup.h"
#include "fake-tree.h"
#include "vfl-fact.h"
#include "vfl-intent.h"

#include <glib/gstdio.h>
#include <locale.h>

static const char *programs;

typedef struct {
    FakeDaemon *daemon;
    GDBusConnection *polkit;
    GSubprocess *service;
    VflSetup *setup;
    guint n_changes;
} Fixture;

static void
on_changed (VflSetup *setup, Fixture *fixture)
{
    fixture->n_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->daemon = fake_daemon_new ("no-iommu", programs, NULL);
    fixture->polkit = fake_polkit_play (fake_daemon_bus (fixture->daemon));
    fixture->service = fake_setup_start (fixture->daemon, programs);
    fixture->setup = vfl_setup_new (fake_daemon_bus (fixture->daemon));
    g_signal_connect (fixture->setup, "changed", G_CALLBACK (on_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    /* What goes on in its threads needs the bus. */
    g_object_add_weak_pointer (G_OBJECT (fixture->setup), (gpointer *) &fixture->setup);
    g_object_unref (fixture->setup);
    while (fixture->setup != NULL)
        g_main_context_iteration (NULL, TRUE);
    fake_setup_stop (fixture->service);
    g_object_unref (fixture->polkit);
    fake_daemon_free (fixture->daemon);
}

static gboolean
is (Fixture *fixture, const char *property)
{
    gboolean value;

    g_object_get (fixture->setup, property, &value, NULL);
    return value;
}

/* Waits as long as the test may take. */
static void
await (Fixture *fixture, const char *property)
{
    while (!is (fixture, property))
        g_main_context_iteration (NULL, TRUE);
}

/* Until the host was changed, or was to be, that often. */
static void
await_change (Fixture *fixture, guint n)
{
    while (fixture->n_changes < n)
        g_main_context_iteration (NULL, TRUE);
}

static void
assert_words (Fixture *fixture, const char *expected)
{
    g_autofree char *words = NULL;

    g_object_get (fixture->setup, "words", &words, NULL);
    g_assert_cmpstr (words, ==, expected);
}

/* The first one. */
static void
assert_lack (Fixture *fixture, const char *purpose, const char *words)
{
    g_autoptr (VflFact) first = g_list_model_get_item (vfl_setup_lacks (fixture->setup), 0);

    g_assert_cmpstr (vfl_fact_title (first), ==, purpose);
    g_assert_cmpstr (vfl_fact_value (first), ==, words);
}

static guint
n_lacks (Fixture *fixture)
{
    return g_list_model_get_n_items (vfl_setup_lacks (fixture->setup));
}

static char *
command_line (Fixture *fixture)
{
    g_autofree char *path =
        g_build_filename (fake_daemon_host (fixture->daemon)->folder, "etc/default/grub", NULL);
    char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
}

static void
test_shown (Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = command_line (fixture);
    g_autofree char *after = NULL;

    g_assert_false (is (fixture, "worth-showing"));
    await (fixture, "can-make");
    g_assert_true (is (fixture, "worth-showing"));
    g_assert_false (is (fixture, "can-undo"));
    assert_words (fixture, "");
    assert_lack (fixture,
                 "The kernel uses the IOMMU, without which no device can be given to a VM.",
                 "/etc/default/grub\n"
                 "− GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\n"
                 "+ GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash intel_iommu=on iommu=pt\"\n"
                 "The boot loader's menu is made anew.\n"
                 "Counts when the host has been restarted.");
    after = command_line (fixture);
    g_assert_cmpstr (before, ==, after);
}

static void
test_made (Fixture *fixture, gconstpointer data)
{
    g_autofree char *before = command_line (fixture);
    g_autofree char *made = NULL;
    g_autofree char *undone = NULL;
    g_autoptr (VflIntent) intent =
        vfl_intent_new ("6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01", "0000:01:00.0");

    await (fixture, "can-make");
    vfl_setup_make (fixture->setup);
    g_assert_true (is (fixture, "busy"));
    assert_words (fixture, "Changing this host …");
    vfl_setup_make (fixture->setup); /* pressed twice */
    await (fixture, "can-undo");
    assert_words (fixture, "Done. Restart this computer, then look here once more.");
    g_assert_cmpuint (fixture->n_changes, ==, 1);
    assert_lack (fixture,
                 "The kernel uses the IOMMU, without which no device can be given to a VM.",
                 "To do by hand: The boot loader has the right words already: restart the host. If "
                 "you have, it was started by another boot loader or entry, which lacks them.");
    g_assert_cmpuint (n_lacks (fixture), ==, 1);
    g_assert_false (is (fixture, "can-make"));
    made = command_line (fixture);
    g_assert_nonnull (strstr (made, "intel_iommu=on"));

    intent->desktop = 1812;
    intent->made = g_get_real_time () / G_USEC_PER_SEC;
    g_assert_true (vfl_intent_keep (intent, NULL));
    vfl_setup_undo (fixture->setup);
    await (fixture, "can-make");
    g_assert_null (vfl_intent_recall (intent->made));
    assert_words (fixture, "All of it is taken back. Some of it counts until the next restart.");
    g_assert_false (is (fixture, "can-undo"));
    undone = command_line (fixture);
    g_assert_cmpstr (before, ==, undone);
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
    g_autofree char *words = NULL;

    await (fixture, "can-make");
    vfl_setup_make (fixture->setup);
    await (fixture, "can-undo");
    fake_tree_write (fake_daemon_host (fixture->daemon)->folder, "etc/default/grub",
                     "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash intel_iommu=on iommu=strict\"\n");
    vfl_setup_undo (fixture->setup);
    await_change (fixture, 2);
    g_object_get (fixture->setup, "words", &words, NULL);
    g_assert_true (g_str_has_prefix (words, "/etc/default/grub was changed by somebody else"));
}

static void
test_fails (Fixture *fixture, gconstpointer data)
{
    g_autofree char *words = NULL;

    await (fixture, "can-make");
    fake_tree_write (fake_daemon_host (fixture->daemon)->folder, "failing", "");
    vfl_setup_make (fixture->setup);
    await_change (fixture, 1);
    g_object_get (fixture->setup, "words", &words, NULL);
    g_assert_true (g_str_has_prefix (words, "/usr/sbin/update-grub failed: no\n"));
    while (is (fixture, "busy"))
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (is (fixture, "can-make"));
    g_assert_cmpuint (n_lacks (fixture), >, 0);
}

static void
on_looked (VflSetup *setup, GParamSpec *property, gboolean *looked)
{
    *looked = TRUE;
}

static void
test_without_service (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VflSetup) setup = NULL;
    gboolean looked = FALSE, worth_showing;

    await (fixture, "can-make");
    g_subprocess_force_exit (fixture->service);
    g_subprocess_wait (fixture->service, NULL, NULL);
    vfl_setup_make (fixture->setup);
    await_change (fixture, 1);
    assert_words (fixture,
                  "The service that sets this host up could not be started, or ended in the midst "
                  "of it. \"journalctl -u virtflow-setup\" says why.");
    setup = vfl_setup_new (fake_daemon_bus (fixture->daemon));
    g_signal_connect (setup, "notify::words", G_CALLBACK (on_looked), &looked);
    while (!looked)
        g_main_context_iteration (NULL, TRUE);
    g_object_get (setup, "worth-showing", &worth_showing, NULL);
    g_assert_false (worth_showing);
}

int
main (int argc, char **argv)
{
    char *home = fake_home_new ();
    int status;

    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (argc, ==, 2);
    programs = argv[1];
    g_test_add ("/setup/shown", Fixture, NULL, set_up, test_shown, tear_down);
    g_test_add ("/setup/made", Fixture, NULL, set_up, test_made, tear_down);
    g_test_add ("/setup/kept", Fixture, NULL, set_up, test_kept, tear_down);
    g_test_add ("/setup/fails", Fixture, NULL, set_up, test_fails, tear_down);
    g_test_add ("/setup/without-service", Fixture, NULL, set_up, test_without_service, tear_down);
    status = g_test_run ();
    fake_tree_remove (home);
    g_free (home);
    return status;
}
