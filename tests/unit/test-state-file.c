/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may lie in a state folder and is not believed. */
#include "vfd-state-file.h"

#include "vf-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST 4096
#define NAME "file"

typedef struct {
    char *path;
    char *file;
    int folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->path = g_dir_make_tmp ("virtflow-state-XXXXXX", NULL);
    fixture->file = g_build_filename (fixture->path, NAME, NULL);
    fixture->folder = open (fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    close (fixture->folder);
    g_remove (fixture->file);
    g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
    g_free (fixture->file);
    g_free (fixture->path);
}

static void
write_file (const Fixture *fixture)
{
    g_assert_true (
        g_file_set_contents_full (fixture->file, "text", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
assert_refused_in (int folder, const char *name, const char *words)
{
    static const int accesses[] = { O_RDONLY, O_RDWR };

    for (gsize i = 0; i < G_N_ELEMENTS (accesses); i++) {
        g_autoptr (GError) error = NULL;

        g_assert_cmpint (vfd_state_file_open (folder, name, accesses[i], LONGEST, &error), ==, -1);
        g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
        g_assert_nonnull (strstr (error->message, words));
    }
}

static void
assert_refused (const Fixture *fixture, const char *words)
{
    assert_refused_in (fixture->folder, NAME, words);
}

static void
test_plain (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    char text[8] = "";
    int fd = vfd_state_file_open (fixture->folder, NAME, O_RDWR, LONGEST, &error);

    g_assert_cmpint (fd, ==, -1);
    g_assert_no_error (error);
    write_file (fixture);
    fd = vfd_state_file_open (fixture->folder, NAME, O_RDWR, 4, &error);
    g_assert_no_error (error);
    g_assert_cmpint (read (fd, text, sizeof text), ==, 4);
    close (fd);
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint (symlinkat ("/etc/passwd", fixture->folder, NAME), ==, 0);
    assert_refused (fixture, "link");
    g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    g_assert_cmpint (symlinkat ("nowhere", fixture->folder, NAME), ==, 0);
    assert_refused (fixture, "link");
    g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    /* One that nobody writes to: opening it must not wait. */
    g_assert_cmpint (mkfifoat (fixture->folder, NAME, 0600), ==, 0);
    assert_refused (fixture, "plain file");
    g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    g_assert_cmpint (mkdirat (fixture->folder, NAME, 0700), ==, 0);
    assert_refused (fixture, "plain file");
}

static void
test_device (void)
{
    int folder = open ("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_refused_in (folder, "zero", "plain file");
    close (folder);
}

static void
test_other_name (Fixture *fixture, gconstpointer data)
{
    write_file (fixture);
    g_assert_cmpint (linkat (fixture->folder, NAME, fixture->folder, "other", 0), ==, 0);
    assert_refused (fixture, "another name");
    g_assert_cmpint (unlinkat (fixture->folder, "other", 0), ==, 0);
}

static void
test_rights (Fixture *fixture, gconstpointer data)
{
    static const mode_t modes[] = { 0620, 0602, 0666 };

    write_file (fixture);
    for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
        g_assert_cmpint (g_chmod (fixture->file, (int) modes[i]), ==, 0);
        assert_refused (fixture, "others may write");
    }
}

/* Longer than anything of ours, and hardly a byte of it on the disk. */
static void
test_sparse (Fixture *fixture, gconstpointer data)
{
    write_file (fixture);
    g_assert_cmpint (truncate (fixture->file, LONGEST + 1), ==, 0);
    assert_refused (fixture, "longer");
    g_assert_cmpint (truncate (fixture->file, (off_t) 1 << 40), ==, 0);
    assert_refused (fixture, "longer");
}

/* The folder for everybody's files belongs to root, or to nobody of this namespace. */
static void
test_other_owner (void)
{
    int folder = open ("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autofree char *path = g_strdup ("/tmp/virtflow-state-XXXXXX");
    int fd = g_mkstemp (path);
    struct stat status;

    g_assert_cmpint (fd, >=, 0);
    if (geteuid () == 0)
        g_assert_cmpint (fchown (fd, 65534, 65534), ==, 0);
    g_assert_cmpint (fstat (folder, &status), ==, 0);
    g_assert_cmpuint (status.st_uid, !=, geteuid () == 0 ? 65534 : geteuid ());
    assert_refused_in (folder, path + strlen ("/tmp/"), "another user");
    g_unlink (path);
    close (fd);
    close (folder);
}

static void
assert_folder_refused (const char *path, const char *name, uid_t owner, const char *words)
{
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (vfd_state_file_open_folder (path, name, owner, &error), ==, -1);
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
    g_assert_nonnull (strstr (error->message, words));
}

static void
test_folders (Fixture *fixture, gconstpointer data)
{
    g_autofree char *inner = g_build_filename (fixture->path, "state", NULL);
    g_autofree char *folder = g_build_filename (inner, "gpu", NULL);
    g_autoptr (GError) error = NULL;
    struct stat status;
    int fd = vfd_state_file_open_folder (inner, "gpu", geteuid (), &error);

    g_assert_no_error (error);
    g_assert_cmpint (fstat (fd, &status), ==, 0);
    g_assert_cmpuint (status.st_mode & 07777, ==, 0700);
    close (fd);
    assert_folder_refused (inner, "gpu", geteuid () + 1, "belongs to the user");
    g_assert_cmpint (g_chmod (folder, 0720), ==, 0);
    assert_folder_refused (inner, "gpu", geteuid (), "Others may write");
    g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
    g_assert_cmpint (g_chmod (inner, 0702), ==, 0);
    assert_folder_refused (inner, "gpu", geteuid (), "Others may write");
    g_assert_cmpint (g_chmod (inner, 0700), ==, 0);
    g_assert_cmpint (g_rmdir (folder), ==, 0);
    g_assert_cmpint (symlink ("/tmp", folder), ==, 0);
    assert_folder_refused (inner, "gpu", geteuid (), "no folder");
    g_assert_cmpint (g_unlink (folder), ==, 0);
    g_assert_true (g_file_set_contents (folder, "", 0, NULL));
    assert_folder_refused (inner, "gpu", geteuid (), "no folder");
    g_unlink (folder);
    g_rmdir (inner);
}

#define TEST(name) g_test_add ("/state-file/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    TEST (plain);
    TEST (kinds);
    TEST (other_name);
    TEST (rights);
    TEST (sparse);
    TEST (folders);
    g_test_add_func ("/state-file/device", test_device);
    g_test_add_func ("/state-file/other-owner", test_other_owner);
    return g_test_run ();
}
