/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the fake machines themselves: that each can be built, and that a driver coming and going
 * leaves the tree as it was. */
#include "fake-tree.h"
#include "vf-sysfs.h"

#include <errno.h>
#include <string.h>

static const VfPciAddress card = { 0, 1, 0, 0 };

static void
test_all (void)
{
    g_autoptr (GPtrArray) names = fake_machine_names ();

    g_assert_cmpuint (names->len, >=, 20);
    for (guint i = 0; i < names->len; i++) {
        g_autoptr (FakeMachine) machine = NULL;
        g_autofree char *root = fake_tree_build_named (names->pdata[i], &machine);
        g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));

        g_assert_nonnull (machine->title);
        for (guint k = 0; k < machine->functions->len; k++) {
            const FakeFunction *function = machine->functions->pdata[k];
            g_autoptr (VfSysfs) folder = NULL;
            char name[VF_SYSFS_NAME_MAX];

            g_assert_cmpint (vf_sysfs_open_function (sysfs, function->address, &folder), ==, 0);
            if (function->driver == NULL) {
                g_assert_cmpint (vf_sysfs_read_link (folder, "driver", name, sizeof name), ==,
                                 -ENOENT);
                continue;
            }
            g_assert_cmpint (vf_sysfs_read_link_name (folder, "driver", name, sizeof name), ==, 0);
            g_assert_cmpstr (name, ==, function->driver);
            g_assert_true (vf_sysfs_exists (folder, "driver/unbind"));
        }
        fake_tree_remove (root);
    }
}

static void
test_places (void)
{
    g_autofree char *root = fake_tree_build_named ("igpu-nvidia", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    static const char *const present[] = {
        "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/drm/card1/card1-HDMI-A-2/enabled",
        "sys/bus/pci/devices/0000:01:00.3/iommu_group/devices/0000:01:00.0/class",
        "sys/bus/pci/drivers/nouveau/0000:01:00.0/drm/card1/dev",
        "sys/bus/pci/drivers/nouveau/module/parameters",
        "sys/bus/pci/drivers/nvidia/bind",
        "sys/class/drm/card1-HDMI-A-2/status",
        "sys/class/sound/controlC1/dev",
        "dev/dri/renderD129",
        "dev/snd/controlC1",
        "lib/modules/6.1.0-fake/modules.dep",
    };
    char text[64];

    for (gsize i = 0; i < G_N_ELEMENTS (present); i++) {
        g_test_message ("%s", present[i]);
        g_assert_true (vf_sysfs_exists (sysfs, present[i]));
    }
    g_assert_cmpint (
        vf_sysfs_read_link (sysfs, "sys/bus/pci/devices/0000:00:02.0", text, sizeof text), ==, 0);
    g_assert_cmpstr (text, ==, "../../../devices/pci0000:00/0000:00:02.0");
    fake_tree_remove (root);
}

static void
test_attach (void)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autofree char *root = fake_tree_build_named ("lab", &machine);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    const FakeFunction *display = fake_machine_function (machine, card);
    const FakeFunction *audio = machine->functions->pdata[4];
    const FakeDriver *vfio = fake_machine_driver (machine, "vfio-pci");

    g_assert_false (fake_driver_takes (vfio, display));
    g_assert_true (fake_driver_takes (fake_machine_driver (machine, "bochs-drm"), display));
    fake_tree_detach (root, display);
    fake_tree_detach (root, audio);
    g_assert_false (vf_sysfs_exists (sysfs, "sys/bus/pci/devices/0000:01:00.0/driver"));
    g_assert_false (vf_sysfs_exists (sysfs, "sys/bus/pci/drivers/bochs-drm/0000:01:00.0"));
    g_assert_false (vf_sysfs_exists (sysfs, "sys/bus/pci/devices/0000:01:00.0/drm/card1"));
    g_assert_false (vf_sysfs_exists (sysfs, "sys/class/drm/card1"));
    g_assert_false (vf_sysfs_exists (sysfs, "dev/dri/card1"));
    g_assert_true (vf_sysfs_exists (sysfs, "dev/dri/card0"));

    fake_tree_attach (root, display, vfio);
    fake_tree_attach (root, audio, vfio);
    g_assert_true (vf_sysfs_exists (sysfs, "dev/vfio/3"));
    g_assert_true (vf_sysfs_exists (sysfs, "sys/class/vfio/3/dev"));
    fake_tree_detach (root, display);
    g_assert_true (vf_sysfs_exists (sysfs, "dev/vfio/3"));
    fake_tree_detach (root, audio);
    g_assert_false (vf_sysfs_exists (sysfs, "dev/vfio/3"));

    fake_tree_attach (root, display, fake_machine_driver (machine, "bochs-drm"));
    g_assert_true (vf_sysfs_exists (sysfs, "dev/dri/card1"));
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/fake-tree/all", test_all);
    g_test_add_func ("/fake-tree/places", test_places);
    g_test_add_func ("/fake-tree/attach", test_attach);
    return g_test_run ();
}
