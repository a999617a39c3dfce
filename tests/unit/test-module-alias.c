/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-module-alias on fake machines. */
#include "fake-tree.h"
#include "vf-module-alias.h"

#include <unistd.h>

#define CARD "pci:v00001234d00001111sv00001AF4sd00001100bc03sc80i00"
#define AUDIO "pci:v00008086d00002668sv00001AF4sd00001100bc04sc03i00"
#define USB "pci:v000010DEd00001AD8sv00001458sd00003FF6bc0Csc03i30"

typedef struct {
    char *root;
    VfSysfs *sysfs;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer machine)
{
    fixture->root = fake_tree_build_named (machine, NULL);
    fixture->sysfs = vf_sysfs_new (fake_tree_open (fixture->root));
}

static void
tear_down (Fixture *fixture, gconstpointer machine)
{
    vf_sysfs_free (fixture->sysfs);
    fake_tree_remove (fixture->root);
    g_free (fixture->root);
}

static void
test_modules (Fixture *fixture, gconstpointer machine)
{
    /* The driver bochs-drm is in the module bochs. */
    g_assert_true (vf_module_alias_allows (fixture->sysfs, CARD, "bochs-drm"));
    g_assert_true (vf_module_alias_allows (fixture->sysfs, AUDIO, "snd_hda_intel"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "snd_hda_intel"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, AUDIO, "bochs-drm"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "vfio-pci"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "bochs"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "../drivers/bochs-drm"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, ""));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, "pci:v", "bochs-drm"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, "usb:v1234", "bochs-drm"));
}

static void
test_patterns (Fixture *fixture, gconstpointer machine)
{
    static const struct {
        const char *line;
        gboolean allowed;
    } cases[] = {
        { "alias pci:v00001234d*sv*sd*bc03sc*i* bochs\n", TRUE },
        { "alias pci:v*d*sv*sd*bc03sc80i* bochs\n", TRUE },
        { "alias pci:v*d*sv*sd*bc04sc*i* bochs\n", FALSE },
        { "alias pci:v00001235d*sv*sd*bc03sc*i* bochs\n", FALSE },
        { "alias pci:v00001234d*sv*sd*bc03sc*i* bochs_two\n", FALSE },
        { "alias pci:v00001234d*sv*sd*bc03sc*i* boch\n", FALSE },
        { "alias pci:v00001234d*sv*sd*bc03sc*i*\nbochs\n", FALSE },
        { "alias vfio_pci:v00001234d*sv*sd*bc03sc*i* bochs\n", FALSE },
        { "alias pci:v00001234 bochs\nalias pci: bochs\nalias pci:v bochs\nalias", FALSE },
        { "", FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        fake_tree_write (fixture->root, "lib/modules/6.1.0-fake/modules.alias", cases[i].line);
        g_test_message ("%s", cases[i].line);
        g_assert_cmpint (vf_module_alias_allows (fixture->sysfs, CARD, "bochs-drm"), ==,
                         cases[i].allowed);
    }
}

static void
test_builtin (Fixture *fixture, gconstpointer machine)
{
    static const char nouveau[] = "pci:v000010DEd00002484sv00001458sd00004074bc03sc00i00";
    static const char entries[] = "xhci_hcd.license=GPL\0"
                                  "xhci_pci.alias=pci:v*d*sv*sd*bc0Csc03i30*\0"
                                  "other.alias=" CARD;
    g_autofree char *path =
        g_build_filename (fixture->root, "lib/modules/6.1.0-fake/modules.builtin.modinfo", NULL);

    g_assert_true (vf_module_alias_allows (fixture->sysfs, nouveau, "nouveau"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "nouveau"));

    fake_tree_write (fixture->root, "sys/bus/pci/drivers/xhci_hcd/bind", "");
    g_assert_true (g_file_set_contents (path, entries, sizeof entries, NULL));
    g_assert_true (vf_module_alias_allows (fixture->sysfs, USB, "xhci_hcd"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, CARD, "xhci_hcd"));
    g_assert_false (vf_module_alias_allows (fixture->sysfs, nouveau, "nouveau"));

    g_assert_cmpint (unlink (path), ==, 0);
    g_assert_false (vf_module_alias_allows (fixture->sysfs, USB, "xhci_hcd"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/module-alias/modules", Fixture, "lab", set_up, test_modules, tear_down);
    g_test_add ("/module-alias/patterns", Fixture, "lab", set_up, test_patterns, tear_down);
    g_test_add ("/module-alias/builtin", Fixture, "vfio-builtin", set_up, test_builtin, tear_down);
    return g_test_run ();
}
