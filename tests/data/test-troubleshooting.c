/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/troubleshooting.md, as it is in the program: each check of the doctor and each reason of an
 * error has an entry, and each entry is about one of them. */
#include "vf-doctor.h"
#include "vf-error.h"
#include "vfc-topic.h"

#include <string.h>

/* Chapters about subjects; entries of all others are ids. */
static const char *const free_chapters[] = { "symptoms", "different", "checks", NULL };

/* What people type into a search. */
static const char *const quoted[] = {
    "\"Spice audio is not supported without spice graphics\"",
    "\"Failed to bind GPU to VFIO driver\"",
    "\"GPU Not Returning to Host After VM Stop\"",
    "\"VM Won't Start\"",
};

static const char *const subjects[] = { "nvidia", "amd", "intel", "laptops", "checks" };

#define LONGEST_LINE 80 /* it is printed as it is on terminals */

static gboolean
is_known_id (const char *name)
{
    VfReason reason;

    return vf_reason_from_id (name, &reason) || g_strv_contains (vf_doctor_checks (), name);
}

static void
has_entry (const GPtrArray *topics, const char *name)
{
    guint index;

    if (!vfc_topic_find (topics, name, &index))
        g_error ("docs/troubleshooting.md has no entry '### %s'", name);
}

static void
test_each_id_has_an_entry (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();
    const char *const *checks = vf_doctor_checks ();

    for (VfReason reason = 0; reason < VF_N_REASONS; reason++)
        has_entry (topics, vf_reason_id (reason));
    for (guint i = 0; checks[i] != NULL; i++)
        has_entry (topics, checks[i]);
    for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
        has_entry (topics, subjects[i]);
}

static void
test_each_entry_has_an_id (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();
    g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
    gboolean is_free = FALSE;

    for (guint i = 0; i < topics->len; i++) {
        const VfcTopic *topic = topics->pdata[i];

        if (!g_hash_table_add (names, topic->name))
            g_error ("'%s' is there twice", topic->name);
        if (!topic->is_chapter && *topic->text == '\0')
            g_error ("'%s' has no text", topic->name);
        if (topic->is_chapter)
            is_free = g_strv_contains (free_chapters, topic->name);
        if (is_known_id (topic->name) == (is_free || topic->is_chapter))
            g_error ("'%s' is %s", topic->name,
                     is_known_id (topic->name) ? "an id, among what is none"
                                               : "no check of the doctor and no reason");
    }
}

static void
test_symptoms_in_their_words (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();

    for (guint i = 0; i < G_N_ELEMENTS (quoted); i++) {
        gboolean found = FALSE;

        for (guint k = 0; k < topics->len; k++)
            found |= g_str_equal (((VfcTopic *) topics->pdata[k])->title, quoted[i]);
        if (!found)
            g_error ("no entry has the title %s", quoted[i]);
    }
}

/* An entry that is named in another one between backticks, all small letters and hyphens. */
static void
test_names_of_other_entries (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();
    g_autoptr (GRegex) reference = g_regex_new ("(?:[Ss]ee|check) `([a-z-]+)`", 0, 0, NULL);

    for (guint i = 0; i < topics->len; i++) {
        g_autoptr (GMatchInfo) match = NULL;

        for (g_regex_match (reference, ((VfcTopic *) topics->pdata[i])->text, 0, &match);
             g_match_info_matches (match); g_match_info_next (match, NULL)) {
            g_autofree char *name = g_match_info_fetch (match, 1);

            has_entry (topics, name);
        }
    }
}

static void
test_fits_a_terminal (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();

    for (guint i = 0; i < topics->len; i++) {
        const VfcTopic *topic = topics->pdata[i];
        g_auto (GStrv) lines = g_strsplit (topic->text, "\n", -1);

        g_assert_null (strstr (topic->text, "](")); /* a link is of no use there */
        for (guint k = 0; lines[k] != NULL; k++)
            if (g_utf8_strlen (lines[k], -1) > LONGEST_LINE)
                g_error ("'%s': this line is too long: %s", topic->name, lines[k]);
    }
}

static void
test_parse (void)
{
    g_autoptr (GPtrArray) topics = vfc_topic_parse ("# Title\n\nNot a topic.\n\n## one: A: b\n\n"
                                                    "### two\n\n    an example\n\nSee `one`.\n\n"
                                                    "### three: third\n");
    const VfcTopic *chapter = topics->pdata[0];
    const VfcTopic *entry = topics->pdata[1];
    g_autofree char *plain = vfc_topic_plain (entry);
    guint index;

    g_assert_cmpuint (topics->len, ==, 3);
    g_assert_true (chapter->is_chapter && !entry->is_chapter);
    g_assert_cmpstr (chapter->name, ==, "one");
    g_assert_cmpstr (chapter->title, ==, "A: b");
    g_assert_cmpstr (chapter->text, ==, "");
    g_assert_cmpstr (entry->name, ==, "two");
    g_assert_cmpstr (entry->title, ==, "");
    g_assert_cmpstr (plain, ==, "    an example\n\nSee 'one'.");
    g_assert_true (vfc_topic_find (topics, "THREE", &index));
    g_assert_cmpuint (index, ==, 2);
    g_assert_false (vfc_topic_find (topics, "four", &index));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/troubleshooting/parse", test_parse);
    g_test_add_func ("/troubleshooting/each-id-has-an-entry", test_each_id_has_an_entry);
    g_test_add_func ("/troubleshooting/each-entry-has-an-id", test_each_entry_has_an_id);
    g_test_add_func ("/troubleshooting/symptoms", test_symptoms_in_their_words);
    g_test_add_func ("/troubleshooting/references", test_names_of_other_entries);
    g_test_add_func ("/troubleshooting/fits-a-terminal", test_fits_a_terminal);
    return g_test_run ();
}
