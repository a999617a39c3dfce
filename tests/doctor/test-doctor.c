/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor says of hosts of many shapes: each NAME.expected here is that of the machine file
 * of that name. Lines that begin with "#" say why. */
#include "fake-tree.h"
#include "vf-doctor.h"
#include "vf-host-facts-reader.h"
#include "vf-snapshot-reader.h"

#include <string.h>

#define SUFFIX ".expected"

static char *
describe (const GPtrArray *findings)
{
    GString *text = g_string_new ("");

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        g_string_append_printf (text, "%s %s: %s\n", vf_verdict_id (finding->verdict),
                                finding->check, finding->fact);
        if (*finding->advice != '\0')
            g_string_append_printf (text, "    %s\n", finding->advice);
    }
    return g_string_free (text, FALSE);
}

static char *
examine (const char *machine)
{
    g_autofree char *folder = fake_tree_build_named (machine, NULL);
    g_autoptr (VfSysfs) root = vf_sysfs_new (fake_tree_open (folder));
    g_autoptr (GError) error = NULL;
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (root, &error);
    g_autoptr (VfHostFacts) host = vf_host_facts_reader_read (root);
    VfDoctorFacts facts = { .host = host, .machine = snapshot };
    g_autoptr (GPtrArray) findings = NULL;

    g_assert_no_error (error);
    findings = vf_doctor_examine (&facts);
    fake_tree_remove (folder);
    return describe (findings);
}

static char *
without_comments (const char *text)
{
    g_autoptr (GRegex) comment = g_regex_new ("^#.*\n", G_REGEX_MULTILINE, 0, NULL);

    return g_regex_replace_literal (comment, text, -1, 0, "", 0, NULL);
}

static void
test_machine (gconstpointer data)
{
    const char *file = data;
    g_autofree char *path = g_build_filename (DOCTOR_FOLDER, file, NULL);
    g_autofree char *machine = g_strndup (file, strlen (file) - strlen (SUFFIX));
    g_autofree char *text = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *said = examine (machine);

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    expected = without_comments (text);
    if (strcmp (said, expected) != 0)
        g_error ("%s: the doctor says\n%s", machine, said);
}

/* Each check says something of each machine, or of each GPU that could go: none is forgotten. */
static void
test_all_checks (void)
{
    const char *const *checks = vf_doctor_checks ();
    g_autofree char *said = examine ("igpu-nvidia");

    for (guint i = 0; checks[i] != NULL; i++) {
        g_autofree char *mark = g_strdup_printf (" %s: ", checks[i]);

        g_assert_nonnull (strstr (said, mark));
    }
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) folder = g_dir_open (DOCTOR_FOLDER, 0, NULL);
    const char *name;

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/doctor/all-checks", test_all_checks);
    while ((name = g_dir_read_name (folder)) != NULL) {
        g_autofree char *path = g_strconcat ("/doctor/machine/", name, NULL);

        if (!g_str_has_suffix (name, SUFFIX))
            continue;
        g_ptr_array_add (files, g_strdup (name));
        g_test_add_data_func (path, files->pdata[files->len - 1], test_machine);
    }
    return g_test_run ();
}
