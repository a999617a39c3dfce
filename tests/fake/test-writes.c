/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replays writes.table against the fake kernel. The lab replays it against a real one. */
#include "fake-kernel.h"
#include "fake-tree.h"

#include <errno.h>
#include <string.h>

#define FUNCTION "0000:01:00.0"
#define PCI "sys/bus/pci/"

typedef struct {
    FakeMachine *machine;
    FakeKernel *kernel;
    char *root;
    VfSysfs *sysfs;
    char *node; /* /dev/vfio/N of the function's group */
    VfPciAddress address;
} Fixture;

typedef struct {
    char *name;
    char *driver_before, *override_before;
    char *text, *file;
    char *result;
    char *driver_after, *override_after;
} Case;

static const struct {
    const char *name;
    int number;
} errnos[] = {
    { "ok", 0 },        { "ENODEV", ENODEV }, { "ENOENT", ENOENT },
    { "EBUSY", EBUSY }, { "EINVAL", EINVAL }, { "ENOTTY", ENOTTY },
};

static const char *
errno_name (int number)
{
    for (gsize i = 0; i < G_N_ELEMENTS (errnos); i++) {
        if (errnos[i].number == number)
            return errnos[i].name;
    }
    return g_strerror (number);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->root = fake_tree_build_named ("lab", &fixture->machine);
    fixture->kernel = fake_kernel_new (fixture->machine, fixture->root);
    fixture->sysfs = vf_sysfs_new (fake_tree_open (fixture->root));
    g_assert_true (vf_pci_address_parse (FUNCTION, &fixture->address, NULL));
    fixture->node =
        g_strdup_printf ("%s/dev/vfio/%d", fixture->root,
                         fake_machine_function (fixture->machine, fixture->address)->group);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    vf_sysfs_free (fixture->sysfs);
    fake_kernel_free (fixture->kernel);
    fake_machine_free (fixture->machine);
    fake_tree_remove (fixture->root);
    g_free (fixture->root);
    g_free (fixture->node);
}

static int
write_below_pci (Fixture *fixture, const char *file, const char *text)
{
    g_autofree char *path = g_strconcat (PCI, file, NULL);

    return fixture->kernel->kernel.write (&fixture->kernel->kernel, fixture->sysfs, path, text);
}

static void
must_write (Fixture *fixture, const char *file, const char *text)
{
    g_assert_cmpint (write_below_pci (fixture, file, text), ==, 0);
}

static const char *
driver_now (Fixture *fixture)
{
    const FakeDriver *driver = fake_kernel_driver_of (fixture->kernel, fixture->address);

    return driver != NULL ? driver->name : "none";
}

static char *
override_now (Fixture *fixture)
{
    g_autofree char *path =
        g_strconcat (fixture->root, "/" PCI "devices/" FUNCTION "/driver_override", NULL);
    char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_strchomp (text);
    if (!g_str_equal (text, "(null)"))
        return text;
    g_free (text);
    return g_strdup ("-");
}

static void
set_override (Fixture *fixture, const char *override)
{
    must_write (fixture, "devices/" FUNCTION "/driver_override",
                g_str_equal (override, "-") ? "\n" : override);
}

static void
bring_to (Fixture *fixture, const char *driver, const char *override)
{
    const char *now = driver_now (fixture);

    if (!g_str_equal (now, "none")) {
        g_autofree char *unbind = g_strdup_printf ("drivers/%s/unbind", now);

        must_write (fixture, unbind, FUNCTION);
    }
    if (!g_str_equal (driver, "none")) {
        g_autofree char *bind = g_strdup_printf ("drivers/%s/bind", driver);

        set_override (fixture, driver);
        must_write (fixture, bind, FUNCTION);
    }
    set_override (fixture, override);
}

static void
assert_state (Fixture *fixture, const char *driver, const char *override)
{
    g_autofree char *found = override_now (fixture);

    g_assert_cmpstr (driver_now (fixture), ==, driver);
    g_assert_cmpstr (found, ==, override);
    g_assert_cmpint (g_file_test (fixture->node, G_FILE_TEST_EXISTS), ==,
                     g_str_equal (driver, "vfio-pci"));
}

static void
test_case (Fixture *fixture, gconstpointer data)
{
    const Case *test = data;
    int result;

    bring_to (fixture, test->driver_before, test->override_before);
    assert_state (fixture, test->driver_before, test->override_before);
    result = write_below_pci (fixture, test->file, test->text);
    g_assert_cmpstr (errno_name (result), ==, test->result);
    assert_state (fixture, test->driver_after, test->override_after);
}

static char *
with_address (const char *text)
{
    g_autofree char *plain = g_strcompress (text);
    g_auto (GStrv) parts = g_strsplit (plain, "@", -1);

    return g_strjoinv (FUNCTION, parts);
}

static void
split_in_two (const char *text, const char *separator, char **first, char **second)
{
    g_auto (GStrv) parts = g_strsplit (text, separator, 2);

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    *first = with_address (g_strstrip (parts[0]));
    *second = with_address (g_strstrip (parts[1]));
}

static Case *
parse_case (const char *line)
{
    g_auto (GStrv) fields = g_strsplit (line, "|", -1);
    Case *test = g_new0 (Case, 1);

    g_assert_cmpuint (g_strv_length (fields), ==, 5);
    test->name = g_strdup (g_strstrip (fields[0]));
    split_in_two (g_strstrip (fields[1]), " ", &test->driver_before, &test->override_before);
    split_in_two (g_strstrip (fields[2]), " -> ", &test->text, &test->file);
    test->result = g_strdup (g_strstrip (fields[3]));
    split_in_two (g_strstrip (fields[4]), " ", &test->driver_after, &test->override_after);
    return test;
}

static void
case_free (gpointer data)
{
    Case *test = data;

    g_free (test->name);
    g_free (test->driver_before);
    g_free (test->override_before);
    g_free (test->text);
    g_free (test->file);
    g_free (test->result);
    g_free (test->driver_after);
    g_free (test->override_after);
    g_free (test);
}

int
main (int argc, char **argv)
{
    g_autofree char *table = NULL;
    g_auto (GStrv) lines = NULL;
    g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (case_free);

    g_test_init (&argc, &argv, NULL);
    g_assert_true (g_file_get_contents (WRITES_TABLE, &table, NULL, NULL));
    lines = g_strsplit (table, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *path = NULL;
        Case *test;

        if (**line == '#' || **line == '\0')
            continue;
        test = parse_case (*line);
        g_ptr_array_add (cases, test);
        path = g_strconcat ("/writes/", test->name, NULL);
        g_test_add (path, Fixture, test, set_up, test_case, tear_down);
    }
    return g_test_run ();
}
