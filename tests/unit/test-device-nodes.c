/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-device-nodes on fake machines. */
#include "fake-tree.h"
#include "vf-device-nodes.h"

#include <string.h>
#include <sys/sysmacros.h>

static int
compare_names (gconstpointer a, gconstpointer b)
{
    const VfDeviceNode *first = *(const VfDeviceNode *const *) a;
    const VfDeviceNode *second = *(const VfDeviceNode *const *) b;

    return strcmp (first->name, second->name);
}

/* All nodes as "name=major:minor", sorted. Takes @nodes. */
static char *
describe (GPtrArray *nodes)
{
    GString *text = g_string_new (NULL);

    g_assert_nonnull (nodes);
    g_ptr_array_sort (nodes, compare_names);
    for (guint i = 0; i < nodes->len; i++) {
        const VfDeviceNode *node = nodes->pdata[i];

        g_string_append_printf (text, "%s%s=%u:%u", i > 0 ? " " : "", node->name,
                                major (node->number), minor (node->number));
    }
    g_ptr_array_unref (nodes);
    return g_string_free (text, FALSE);
}

static void
check (const char *machine, const char *address_text, const char *host, const char *vfio)
{
    g_autofree char *root = fake_tree_build_named (machine, NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autofree char *host_text = NULL;
    g_autofree char *vfio_text = NULL;
    VfPciAddress address = { 0 };

    g_assert_true (vf_pci_address_parse (address_text, &address, NULL));
    host_text = describe (vf_device_nodes_of_host (sysfs, address, NULL));
    vfio_text = describe (vf_device_nodes_of_vfio (sysfs, address, NULL));
    g_assert_cmpstr (host_text, ==, host);
    g_assert_cmpstr (vfio_text, ==, vfio);
    fake_tree_remove (root);
}

static void
test_kinds (void)
{
    check ("igpu-nvidia", "0000:01:00.0",
           "dri/card1=226:1 dri/renderD129=226:129 fb1=29:1 i2c-1=89:1", "");
    check ("igpu-nvidia", "0000:01:00.1", "snd/controlC1=116:32 snd/pcmC1D3p=116:35", "");
    check ("igpu-nvidia", "0000:01:00.3", "", "");
    check ("group-with-disk", "0000:02:00.0", "sda=8:0 sda1=8:1 sda2=8:2 sdb=8:16", "");
    check ("laptop-3d-controller", "0000:01:00.0",
           "dri/card1=226:1 dri/renderD129=226:129 fb1=29:1 i2c-1=89:1 nvidia0=195:0", "");
    check ("on-vfio", "0000:01:00.0", "", "vfio/14=243:14 vfio/devices/vfio112=511:112");
    check ("on-vfio", "0000:01:00.1", "", "vfio/14=243:14 vfio/devices/vfio113=511:113");
    check ("half-bound", "0000:01:00.0",
           "dri/card1=226:1 dri/renderD129=226:129 fb1=29:1 i2c-1=89:1", "vfio/14=243:14");
}

/* A USB controller's nodes are those of all that hangs on it. Links lead elsewhere. */
static void
test_behind (void)
{
    static const char usb[] = "sys/bus/pci/devices/0000:01:00.2/usb3";
    g_autofree char *root = fake_tree_build_named ("igpu-nvidia", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autofree char *text = NULL;
    static const struct {
        const char *folder;
        const char *number;
        const char *name;
    } devices[] = {
        { "", "189:256", "bus/usb/003/001" },
        { "3-1/3-1:1.0/0003:046D:C31C.0001/hidraw/hidraw0", "247:0", "hidraw0" },
        { "3-1/3-1:1.0/0003:046D:C31C.0001/input/input5/event5", "13:69", "input/event5" },
        { "3-2/broken", "junk", "broken" },
        { "3-2/above", "1:1", "../sda" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (devices); i++) {
        g_autofree char *number = g_build_filename (usb, devices[i].folder, "dev", NULL);
        g_autofree char *event = g_build_filename (usb, devices[i].folder, "uevent", NULL);
        g_autofree char *line = g_strdup_printf ("MAJOR=1\nDEVNAME=%s\n", devices[i].name);

        fake_tree_write (root, number, devices[i].number);
        fake_tree_write (root, event, line);
    }
    text = describe (vf_device_nodes_of_host (sysfs, (VfPciAddress){ 0, 1, 0, 2 }, NULL));
    g_assert_cmpstr (text, ==, "bus/usb/003/001=189:256 hidraw0=247:0 input/event5=13:69");
    fake_tree_remove (root);
}

static void
check_shared (const char *machine, const char *address_text, const char *expected)
{
    g_autofree char *root = fake_tree_build_named (machine, NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autofree char *text = NULL;
    VfPciAddress address = { 0 };

    g_assert_true (vf_pci_address_parse (address_text, &address, NULL));
    text = describe (vf_device_nodes_shared (sysfs, address, NULL));
    g_assert_cmpstr (text, ==, expected);
    fake_tree_remove (root);
}

/* Those of the NVIDIA driver count where no other card has it; the node of AMD's always. A plain
 * file has no number. */
static void
test_shared (void)
{
    check_shared ("nvidia-alone", "0000:01:00.0",
                  "nvidia-caps/nvidia-cap1=0:0 nvidia-modeset=0:0 nvidia-uvm=0:0 "
                  "nvidia-uvm-tools=0:0 nvidiactl=0:0");
    check_shared ("nvidia-alone", "0000:01:00.1", "");
    check_shared ("nvidia-alone", "0000:00:02.0", "");
    check_shared ("nvidia-two", "0000:01:00.0", "");
    check_shared ("nvidia-two", "0000:02:00.0", "");
    check_shared ("amd-compute", "0000:03:00.0", "kfd=235:0");
    check_shared ("amd-compute", "0000:0e:00.0", "kfd=235:0");
    check_shared ("amd-compute", "0000:03:00.1", "");
    check_shared ("igpu-nvidia", "0000:01:00.0", "");
}

static void
test_no_function (void)
{
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_device_nodes_of_host (sysfs, (VfPciAddress){ 0, 9, 0, 0 }, &error));
    g_assert_nonnull (strstr (error->message, "0000:09:00.0"));
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/device-nodes/kinds", test_kinds);
    g_test_add_func ("/device-nodes/behind", test_behind);
    g_test_add_func ("/device-nodes/shared", test_shared);
    g_test_add_func ("/device-nodes/no-function", test_no_function);
    return g_test_run ();
}
