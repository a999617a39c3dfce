/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What set-up would do on hosts of many shapes. Each NAME.case here says in its first line which
 * file of tests/machines it is about; further lines of such a file follow, with "user NAME" and
 * "gpu ADDRESS" among them for what is wished, and behind "---" what set-up would do. Lines that
 * begin with ";" say why. Each change is then made, and taken back. */
#include "fake-case.h"
#include "fake-tree.h"
#include "vf-host-facts-reader.h"
#include "vf-lack.h"
#include "vf-setup-plan.h"
#include "vf-snapshot-reader.h"

#include <stdlib.h>
#include <string.h>

static const char *const effects[] = {
    [VF_EFFECT_NOW] = "now",
    [VF_EFFECT_LOGIN] = "login",
    [VF_EFFECT_RESTART] = "restart",
};

static const char *const follow_ups[] = { "grub", "initramfs", "udev", "libvirt" };

static void
describe_amendment (GString *text, const VfAmendment *amendment)
{
    g_auto (GStrv) lines = g_strsplit (amendment->after, "\n", -1);

    g_string_append_printf (text, "  %s%s\n", amendment->path,
                            amendment->kind == VF_AMENDMENT_LINK ? " (link)" : "");
    if (amendment->kind == VF_AMENDMENT_FILE)
        return; /* tests/cli/expected/setup-plan.txt has the texts */
    if (amendment->before != NULL)
        g_string_append_printf (text, "    - %s\n", amendment->before);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            g_string_append_printf (text, "    + %s\n", *line);
}

static char *
describe (const GPtrArray *items)
{
    GString *text = g_string_new ("");

    for (guint i = 0; i < items->len; i++) {
        const VfSetupItem *item = items->pdata[i];

        g_string_append_printf (text, "%s (%s): %s\n", item->id, effects[item->effect],
                                item->purpose);
        for (guint k = 0; k < item->amendments->len; k++)
            describe_amendment (text, item->amendments->pdata[k]);
        for (guint k = 0; k < G_N_ELEMENTS (follow_ups); k++)
            if (item->follow_ups & 1 << k)
                g_string_append_printf (text, "  then: %s\n", follow_ups[k]);
        if (item->by_hand != NULL)
            g_string_append_printf (text, "  by hand: %s\n", item->by_hand);
    }
    return g_string_free (text, FALSE);
}

/* The value of the line "KEY VALUE" of @facts, which is taken out; NULL for none. */
static char *
take (char *facts, const char *key)
{
    g_autofree char *pattern = g_strdup_printf ("^%s ([^\n]+)\n", key);
    g_autoptr (GRegex) line = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    char *value;
    int start, end;

    if (!g_regex_match (line, facts, 0, &match))
        return NULL;
    value = g_match_info_fetch (match, 1);
    g_match_info_fetch_pos (match, 0, &start, &end);
    memmove (facts + start, facts + end, strlen (facts + end) + 1);
    return value;
}

/* Makes every change of a plan in the texts of the files, and takes them back from the last to the
 * first: each text is then what it was. */
static void
make_and_take_back (const GPtrArray *items, const VfSetupFacts *files)
{
    g_autoptr (GPtrArray) made = g_ptr_array_new ();
    g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i < items->len; i++) {
        const VfSetupItem *item = items->pdata[i];

        for (guint k = 0; k < item->amendments->len; k++)
            g_ptr_array_add (made, item->amendments->pdata[k]);
    }
    for (guint i = 0; i < made->len; i++) {
        const VfAmendment *amendment = made->pdata[i];
        const char *now = g_hash_table_lookup (texts, amendment->path);
        char *then;

        if (now == NULL)
            now = vf_setup_facts_text (files, amendment->path);
        then = vf_amendment_apply (amendment, now, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (then, !=, now);
        g_hash_table_insert (texts, amendment->path, then);
    }
    for (guint i = made->len; i > 0; i--) {
        const VfAmendment *amendment = made->pdata[i - 1];
        char *restored;

        g_assert_true (vf_amendment_revert (amendment, g_hash_table_lookup (texts, amendment->path),
                                            &restored, &error));
        g_hash_table_insert (texts, amendment->path, restored);
    }
    for (guint i = 0; i < made->len; i++) {
        const VfAmendment *amendment = made->pdata[i];

        g_assert_cmpstr (g_hash_table_lookup (texts, amendment->path), ==,
                         vf_setup_facts_text (files, amendment->path));
    }
}

static char *
plan (const char *machine, char *more)
{
    g_autofree char *user = take (more, "user");
    g_autofree char *gpu = take (more, "gpu");
    g_autofree char *unfinished = take (more, "unfinished");
    VfFollowUp pending = unfinished != NULL ? (VfFollowUp) atoi (unfinished) : 0;
    g_autofree char *whole = NULL;
    g_autoptr (FakeMachine) fake = NULL;
    g_autofree char *folder = fake_tree_new_folder ();
    g_autoptr (VfSysfs) root = NULL;
    g_autoptr (VfSnapshot) snapshot = NULL;
    g_autoptr (VfHostFacts) host = NULL;
    g_autoptr (VfSetupFacts) files = NULL;
    g_autoptr (GPtrArray) items = NULL;
    g_autoptr (GError) error = NULL;
    VfPciAddress address;

    whole = g_strconcat (machine, more, NULL);
    fake = fake_machine_parse (whole);
    fake_tree_build (fake, folder);
    root = vf_sysfs_new (fake_tree_open (folder));
    snapshot = vf_snapshot_reader_read (root, &error);
    g_assert_no_error (error);
    host = vf_host_facts_reader_read (root, snapshot);
    files = vf_setup_facts_read (root);
    if (gpu != NULL)
        g_assert_true (vf_pci_address_parse (gpu, &address, NULL));
    items = vf_setup_plan (&(VfSetupScene){ host, snapshot, files, pending },
                           &(VfSetupWish){ user, gpu != NULL ? &address : NULL });
    fake_tree_remove (folder);
    make_and_take_back (items, files);
    return describe (items);
}

static void
test_case (gconstpointer data)
{
    g_autoptr (FakeCase) the = fake_case_read (data, ';');
    g_autofree char *said = plan (the->machine, the->more);

    if (strcmp (said, the->expected) != 0)
        g_error ("%s: set-up would\n%s", (const char *) data, said);
}

/* Each item is in some case, or nobody has ever seen what it does. */
static void
test_all_items (gconstpointer data)
{
    g_autofree char *all = fake_case_join (data);

    for (guint i = 0; vf_lack_ids[i] != NULL; i++) {
        g_autofree char *mark = g_strdup_printf ("\n%s (", vf_lack_ids[i]);

        if (strstr (all, mark) == NULL)
            g_error ("no case has %s", vf_lack_ids[i]);
    }
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) cases = NULL;

    g_test_init (&argc, &argv, NULL);
    cases = fake_case_add_tests (SETUP_FOLDER, "/setup", test_case);
    g_test_add_data_func ("/setup/all-items", cases, test_all_items);
    return g_test_run ();
}
