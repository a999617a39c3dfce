/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of a GPU: what is written is read, and what is damaged is noticed. */
#include "vf-error.h"
#include "vfd-journal.h"
#include "vfd-sealed.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* As in vfd-sealed.c and vfd-journal.c. */
#define VERSION_OFFSET 8
#define SLOT_SIZE ((off_t) 64 * 1024)

static const VfPciAddress address = { 0, 1, 0, 0 };

typedef struct {
    char *path;
    char *file;
    int folder;
    VfdJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->path = g_dir_make_tmp ("virtflow-journal-XXXXXX", NULL);
    fixture->file = g_build_filename (fixture->path, "0000:01:00.0", NULL);
    fixture->folder = open (fixture->path, O_RDONLY | O_DIRECTORY);
    fixture->journal = vfd_journal_new (fixture->folder, address);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    vfd_journal_free (fixture->journal);
    close (fixture->folder);
    g_unlink (fixture->file);
    g_rmdir (fixture->path);
    g_free (fixture->file);
    g_free (fixture->path);
}

static void
write_text (Fixture *fixture, const char *text)
{
    g_autoptr (GError) error = NULL;

    vfd_journal_write (fixture->journal, g_variant_new ("(s)", text), &error);
    g_assert_no_error (error);
}

/* As a daemon that has just started reads it. */
static char *
read_text (Fixture *fixture, GError **error)
{
    g_autoptr (VfdJournal) fresh = vfd_journal_new (fixture->folder, address);
    g_autoptr (GVariant) value = vfd_journal_read (fresh, "(s)", error);
    char *text = NULL;

    if (value != NULL)
        g_variant_get (value, "(s)", &text);
    return text;
}

static void
assert_reads (Fixture *fixture, const char *expected)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = read_text (fixture, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, expected);
}

static void
test_newest (Fixture *fixture, gconstpointer data)
{
    assert_reads (fixture, NULL);
    for (int i = 0; i < 5; i++) {
        g_autofree char *text = g_strdup_printf ("value %d", i);

        write_text (fixture, text);
        assert_reads (fixture, text);
    }
    vfd_journal_drop (fixture->journal);
    assert_reads (fixture, NULL);
}

/* Its writer was killed between making the file and its first value. */
static void
test_no_value (Fixture *fixture, gconstpointer data)
{
    g_assert_true (g_file_set_contents (fixture->file, "", 0, NULL));
    assert_reads (fixture, NULL);
}

/* Flips one byte at @offset of the file. */
static void
flip (Fixture *fixture, off_t offset)
{
    int fd = open (fixture->file, O_RDWR);
    guint8 byte;

    g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
    byte ^= 0x40;
    g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
    close (fd);
}

/* The second value went to the slot at 0, the first is in the slot after it. */
static void
test_torn (Fixture *fixture, gconstpointer data)
{
    write_text (fixture, "before");
    write_text (fixture, "newest");
    for (off_t offset = 0; offset < VFD_SEALED_HEADER_SIZE + 4; offset++) {
        /* Eight bytes of the header have no meaning; and a version is no damage. */
        if ((offset >= VFD_SEALED_HEADER_SIZE - 8 && offset < VFD_SEALED_HEADER_SIZE)
            || (offset >= VERSION_OFFSET && offset < VERSION_OFFSET + 4))
            continue;
        flip (fixture, offset);
        assert_reads (fixture, "before");
        flip (fixture, offset);
        assert_reads (fixture, "newest");
    }
}

static void
test_both_damaged (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    write_text (fixture, "before");
    write_text (fixture, "newest");
    flip (fixture, VFD_SEALED_HEADER_SIZE);
    flip (fixture, SLOT_SIZE + VFD_SEALED_HEADER_SIZE);
    text = read_text (fixture, &error);
    g_assert_null (text);
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
}

/* A disk that takes nothing more refuses a new journal and never a value in one that is there. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
    struct rlimit old;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfdJournal) other = vfd_journal_new (fixture->folder, (VfPciAddress){ 0, 2, 0, 0 });
    gboolean refused;

    write_text (fixture, "lent");
    signal (SIGXFSZ, SIG_IGN);
    getrlimit (RLIMIT_FSIZE, &old);
    /* No file may grow beyond what the journal has already. */
    setrlimit (RLIMIT_FSIZE, &(struct rlimit){ 128 * 1024, old.rlim_max });
    write_text (fixture, "returned");
    setrlimit (RLIMIT_FSIZE, &(struct rlimit){ 1024, old.rlim_max });
    refused = !vfd_journal_write (other, g_variant_new ("(s)", "new"), &error);
    setrlimit (RLIMIT_FSIZE, &old);
    g_assert_true (refused);
    g_assert_nonnull (error);
    assert_reads (fixture, "returned");
}

/* What has no value any more goes as soon as it can, and does not stand in the way of the next one.
 */
static void
test_not_removed (Fixture *fixture, gconstpointer data)
{
    g_autofree char *inside = g_build_filename (fixture->file, "inside", NULL);

    for (int i = 0; i < 2; i++) {
        g_autofree char *text = NULL;

        write_text (fixture, "first");
        g_assert_cmpint (g_unlink (fixture->file), ==, 0);
        g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
        g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*0000:01:00.0*cannot be removed*");
        vfd_journal_drop (fixture->journal);
        g_test_assert_expected_messages ();
        g_assert_cmpint (g_rmdir (inside), ==, 0);
        g_assert_cmpint (g_rmdir (fixture->file), ==, 0);
        g_assert_true (g_file_set_contents (fixture->file, "stale", -1, NULL));
        while (i == 0 && g_file_test (fixture->file, G_FILE_TEST_EXISTS))
            g_main_context_iteration (NULL, TRUE);
        write_text (fixture, "second");
        text = read_text (fixture, NULL);
        g_assert_cmpstr (text, ==, "second");
        vfd_journal_drop (fixture->journal);
        g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
    }
}

/* A newer daemon has written one of the two values: the other is out of date. */
static void
test_newer_value (Fixture *fixture, gconstpointer data)
{
    for (off_t slot = 0; slot <= SLOT_SIZE; slot += SLOT_SIZE) {
        g_autoptr (GError) error = NULL;

        write_text (fixture, "one");
        write_text (fixture, "another");
        flip (fixture, slot + VERSION_OFFSET);
        g_assert_null (read_text (fixture, &error));
        g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
        g_assert_nonnull (strstr (error->message, "newer"));
        vfd_journal_drop (fixture->journal);
    }
}

static void
test_newer_version (void)
{
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (g_variant_new ("(s)", "text"), 7);
    gsize size;
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) value = NULL;
    guint64 sequence = 0;

    value = vfd_sealed_unwrap (copy, size, "(s)", &sequence, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (sequence, ==, 7);
    copy[VERSION_OFFSET]++;
    g_assert_null (vfd_sealed_unwrap (copy, size, "(s)", NULL, &error));
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
    g_clear_error (&error);
    copy[VERSION_OFFSET]--;
    g_assert_null (vfd_sealed_unwrap (copy, size - 1, "(s)", NULL, &error));
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/journal/newest", Fixture, NULL, set_up, test_newest, tear_down);
    g_test_add ("/journal/no-value", Fixture, NULL, set_up, test_no_value, tear_down);
    g_test_add ("/journal/torn", Fixture, NULL, set_up, test_torn, tear_down);
    g_test_add ("/journal/both-damaged", Fixture, NULL, set_up, test_both_damaged, tear_down);
    g_test_add ("/journal/full-disk", Fixture, NULL, set_up, test_full_disk, tear_down);
    g_test_add ("/journal/not-removed", Fixture, NULL, set_up, test_not_removed, tear_down);
    g_test_add ("/journal/newer-value", Fixture, NULL, set_up, test_newer_value, tear_down);
    g_test_add_func ("/journal/newer-version", test_newer_version);
    return g_test_run ();
}
