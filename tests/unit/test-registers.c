/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-registers on headers written by hand. */
#include "fake-tree.h"
#include "vf-error.h"
#include "vf-registers.h"

#include <string.h>

static char *
read_header (const guint8 *header, gsize length, GError **error)
{
    g_autofree char *root = fake_tree_new_folder ();
    g_autofree char *path = g_build_filename (root, "config", NULL);
    g_autoptr (VfSysfs) folder = vf_sysfs_new (fake_tree_open (root));
    char *text;

    g_assert_true (g_file_set_contents (path, (const char *) header, (gssize) length, NULL));
    text = vf_registers_read (folder, error);
    fake_tree_remove (root);
    return text;
}

static void
test_layout (void)
{
    static const struct {
        guint8 header_type;
        guint8 command;
        guint32 base[6];
        const char *text;
    } cases[] = {
        { 0x80,
          0x07,
          { 0xf6000000, 0xe000000c, 0x40, 0xf000000c, 0x0, 0xe001 },
          "memory=on 0=f6000000 1=40e0000000 3=f0000000 5=e000" },
        { 0x00, 0x00, { 0, 0xc, 0, 0xc, 0, 1 }, "memory=off 0=0 1=0 3=0 5=0" },
        { 0x00, 0x02, { 0xfe000008, 0, 0, 0, 0, 0 }, "memory=on 0=fe000000 1=0 2=0 3=0 4=0 5=0" },
        /* A 64-bit type in the last one has no upper half to read. */
        { 0x00, 0x05, { 0, 0, 0, 0, 0, 0x1000000c }, "memory=off 0=0 1=0 2=0 3=0 4=0 5=10000000" },
        { 0x01, 0x02, { 0xfe000000, 0, 0x00010100, 0xe1f1, 0, 0 }, "memory=on 0=fe000000 1=0" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        guint8 header[64] = { 0xde, 0x10, 0x84, 0x24, cases[i].command };
        g_autofree char *text = NULL;

        header[0x0e] = cases[i].header_type;
        /* What follows the base addresses is none. */
        header[0x28] = 0x99;
        for (guint k = 0; k < 24; k++)
            header[0x10 + k] = (guint8) (cases[i].base[k / 4] >> k % 4 * 8);
        text = read_header (header, sizeof header, NULL);
        g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_gone (void)
{
    g_autofree char *root = fake_tree_new_folder ();
    g_autoptr (VfSysfs) folder = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GError) error = NULL;
    guint8 header[64];

    memset (header, 0xff, sizeof header);
    g_assert_null (read_header (header, sizeof header, &error));
    g_assert_true (vf_error_is (error, VF_REASON_REGISTERS_LOST));
    g_clear_error (&error);
    memset (header, 0, sizeof header);
    g_assert_null (read_header (header, 40, &error));
    g_assert_true (vf_error_is (error, VF_REASON_REGISTERS_LOST));
    g_clear_error (&error);
    g_assert_null (vf_registers_read (folder, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
    fake_tree_remove (root);
}

static void
test_difference (void)
{
    static const struct {
        const char *noted;
        const char *now;
        const char *difference;
    } cases[] = {
        { "memory=on 0=80000000 1=0", "memory=on 0=80000000 1=0", NULL },
        { "memory=on 0=80000000 1=0", "memory=off 0=0 1=0",
          "memory access was on and is off, base address 0 was 80000000 and is 0" },
        { "memory=on 0=1 10=2", "memory=on 0=1 1=2", "base address 10 was 2 and is missing" },
        { "memory=on", "memory=on 0=1", "'memory=on' was noted and 'memory=on 0=1' is there" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *difference = vf_registers_difference (cases[i].noted, cases[i].now);

        g_assert_cmpstr (difference, ==, cases[i].difference);
    }
}

static void
test_machine (void)
{
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (VfSysfs) display = NULL, audio = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    g_assert_cmpint (vf_sysfs_open_function (sysfs, (VfPciAddress){ 0, 1, 0, 0 }, &display), ==, 0);
    g_assert_cmpint (vf_sysfs_open_function (sysfs, (VfPciAddress){ 0, 1, 0, 1 }, &audio), ==, 0);
    first = vf_registers_read (display, NULL);
    second = vf_registers_read (audio, NULL);
    g_assert_cmpstr (first, ==, "memory=on 0=81000000 1=4001000000 3=0 4=e000 5=0");
    g_assert_cmpstr (second, !=, first);
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/registers/layout", test_layout);
    g_test_add_func ("/registers/gone", test_gone);
    g_test_add_func ("/registers/difference", test_difference);
    g_test_add_func ("/registers/machine", test_machine);
    return g_test_run ();
}
