/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-sysfs on a folder of its own. */
#include "vf-sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *path;
    VfSysfs *sysfs;
} Fixture;

static void
put (Fixture *fixture, const char *name, const char *bytes, gssize length)
{
    g_autofree char *path = g_build_filename (fixture->path, name, NULL);
    g_autoptr (GError) error = NULL;

    g_file_set_contents (path, bytes, length, &error);
    g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
    g_autofree char *folder = NULL;

    fixture->path = g_dir_make_tmp ("virtflow-sysfs-XXXXXX", NULL);
    g_assert_nonnull (fixture->path);
    folder = g_build_filename (fixture->path, "sys/bus/pci/devices/0000:01:00.0", NULL);
    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    fixture->sysfs = vf_sysfs_new (open (fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void
remove_file (const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
    static const char *const folders[] = { "sys/bus/pci/devices/0000:01:00.0",
                                           "sys/bus/pci/devices", "sys/bus/pci", "sys/bus", "sys" };
    g_autoptr (GPtrArray) names = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
        remove_file (fixture->path, folders[i]);
    g_assert_cmpint (vf_sysfs_list (fixture->sysfs, ".", &names), ==, 0);
    for (guint i = 0; i < names->len; i++)
        remove_file (fixture->path, names->pdata[i]);
    vf_sysfs_free (fixture->sysfs);
    g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
    g_free (fixture->path);
}

static void
test_text (Fixture *fixture, gconstpointer unused)
{
    char text[8] = "before";

    put (fixture, "seven", "sevenlt", -1);
    put (fixture, "eight", "eightltr", -1);
    put (fixture, "line", " on \n\n", -1);
    put (fixture, "empty", "", -1);

    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "nothing", text, sizeof text), ==, -ENOENT);
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "line/x", text, sizeof text), ==, -ENOTDIR);
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "sys", text, sizeof text), ==, -EISDIR);
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "seven", text, sizeof text), ==, 0);
    g_assert_cmpstr (text, ==, "sevenlt");
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "eight", text, sizeof text), ==, -EOVERFLOW);
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "line", text, sizeof text), ==, 0);
    g_assert_cmpstr (text, ==, " on");
    g_assert_cmpint (vf_sysfs_read (fixture->sysfs, "empty", text, sizeof text), ==, 0);
    g_assert_cmpstr (text, ==, "");
}

static void
test_number (Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *text;
        int result;
        guint64 number;
    } cases[] = {
        { "0x10de\n", 0, 0x10de }, { "14\n", 0, 14 },      { "0x030000\n", 0, 0x30000 },
        { "\n", -EINVAL, 77 },     { "-1", -EINVAL, 77 },  { "12 apes", -EINVAL, 77 },
        { "0x", -EINVAL, 77 },     { "0xg", -EINVAL, 77 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        guint64 number = 77;

        put (fixture, "number", cases[i].text, -1);
        g_assert_cmpint (vf_sysfs_read_number (fixture->sysfs, "number", &number), ==,
                         cases[i].result);
        g_assert_cmpuint (number, ==, cases[i].number);
    }
}

static void
test_bytes (Fixture *fixture, gconstpointer unused)
{
    char bytes[4];

    put (fixture, "bytes", "\0\1\2\3\4", 5);
    g_assert_cmpint (vf_sysfs_read_bytes (fixture->sysfs, "bytes", bytes, 4), ==, 4);
    g_assert_cmpmem (bytes, 4, "\0\1\2\3", 4);
    put (fixture, "bytes", "\7\0", 2);
    g_assert_cmpint (vf_sysfs_read_bytes (fixture->sysfs, "bytes", bytes, 4), ==, 2);
    g_assert_cmpint (vf_sysfs_read_bytes (fixture->sysfs, "nothing", bytes, 4), ==, -ENOENT);
}

static void
test_file (Fixture *fixture, gconstpointer unused)
{
    g_autofree char *long_text = g_strnfill (100000, 'x');
    char *contents = NULL;
    gsize length = 0;

    put (fixture, "long", long_text, -1);
    g_assert_cmpint (vf_sysfs_read_file (fixture->sysfs, "long", 99999, &contents, &length), ==,
                     -EFBIG);
    g_assert_null (contents);
    g_assert_cmpint (vf_sysfs_read_file (fixture->sysfs, "long", 100000, &contents, &length), ==,
                     0);
    g_assert_cmpuint (length, ==, 100000);
    g_assert_cmpstr (contents, ==, long_text);
    g_free (contents);
}

static void
test_links (Fixture *fixture, gconstpointer unused)
{
    char name[VF_SYSFS_NAME_MAX], tight[8];

    g_assert_cmpint (symlinkat ("../../drivers/nouveau", vf_sysfs_fd (fixture->sysfs), "driver"),
                     ==, 0);
    g_assert_cmpint (symlinkat ("plain", vf_sysfs_fd (fixture->sysfs), "short"), ==, 0);
    put (fixture, "file", "x", -1);

    g_assert_cmpint (vf_sysfs_read_link (fixture->sysfs, "driver", name, sizeof name), ==, 0);
    g_assert_cmpstr (name, ==, "../../drivers/nouveau");
    g_assert_cmpint (vf_sysfs_read_link_name (fixture->sysfs, "driver", name, sizeof name), ==, 0);
    g_assert_cmpstr (name, ==, "nouveau");
    g_assert_cmpint (vf_sysfs_read_link_name (fixture->sysfs, "driver", tight, sizeof tight), ==,
                     0);
    g_assert_cmpint (vf_sysfs_read_link_name (fixture->sysfs, "driver", tight, 7), ==, -EOVERFLOW);
    g_assert_cmpint (vf_sysfs_read_link (fixture->sysfs, "driver", tight, sizeof tight), ==,
                     -EOVERFLOW);
    g_assert_cmpint (vf_sysfs_read_link_name (fixture->sysfs, "short", name, sizeof name), ==, 0);
    g_assert_cmpstr (name, ==, "plain");
    g_assert_cmpint (vf_sysfs_read_link (fixture->sysfs, "file", name, sizeof name), ==, -EINVAL);
    g_assert_cmpint (vf_sysfs_read_link (fixture->sysfs, "none", name, sizeof name), ==, -ENOENT);
    g_assert_false (vf_sysfs_exists (fixture->sysfs, "driver"));
    g_assert_true (vf_sysfs_exists (fixture->sysfs, "file"));
}

static void
test_folders (Fixture *fixture, gconstpointer unused)
{
    g_autoptr (VfSysfs) function = NULL, none = NULL;
    g_autoptr (GPtrArray) names = NULL;
    VfPciAddress address = { 0, 1, 0, 0 };

    g_assert_cmpint (vf_sysfs_list (fixture->sysfs, "none", &names), ==, -ENOENT);
    g_assert_cmpint (vf_sysfs_list (fixture->sysfs, "sys/bus/pci/devices", &names), ==, 0);
    g_assert_cmpuint (names->len, ==, 1);
    g_assert_cmpstr (names->pdata[0], ==, "0000:01:00.0");

    g_assert_cmpint (vf_sysfs_open_function (fixture->sysfs, address, &function), ==, 0);
    g_assert_true (vf_sysfs_exists (function, "../0000:01:00.0"));
    address.function = 1;
    g_assert_cmpint (vf_sysfs_open_function (fixture->sysfs, address, &none), ==, -ENOENT);
    g_assert_null (none);
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test) (Fixture *fixture, gconstpointer unused);
    } tests[] = {
        { "/sysfs/text", test_text },   { "/sysfs/number", test_number },
        { "/sysfs/bytes", test_bytes }, { "/sysfs/file", test_file },
        { "/sysfs/links", test_links }, { "/sysfs/folders", test_folders },
    };

    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
        g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run ();
}
