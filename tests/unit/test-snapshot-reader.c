/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-snapshot-reader and vf-carried on fake machines. */
#include "fake-tree.h"
#include "vf-gpu.h"
#include "vf-snapshot-reader.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static VfSnapshot *
read_tree (const char *root)
{
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GError) error = NULL;
    VfSnapshot *snapshot = vf_snapshot_reader_read (sysfs, &error);

    g_assert_no_error (error);
    return snapshot;
}

static VfSnapshot *
read_machine (const char *name)
{
    g_autofree char *root = fake_tree_build_named (name, NULL);
    VfSnapshot *snapshot = read_tree (root);

    fake_tree_remove (root);
    return snapshot;
}

static const VfPciFunction *
find (const VfSnapshot *snapshot, const char *text)
{
    VfPciAddress address = { 0 };

    g_assert_true (vf_pci_address_parse (text, &address, NULL));
    for (guint i = 0; i < vf_snapshot_size (snapshot); i++)
        if (vf_pci_address_equal (vf_snapshot_get (snapshot, i)->address, address))
            return vf_snapshot_get (snapshot, i);
    g_error ("there is no %s", text);
}

/* Every function of every machine is as its file says. */
static void
test_all (void)
{
    g_autoptr (GPtrArray) names = fake_machine_names ();

    for (guint i = 0; i < names->len; i++) {
        g_autoptr (FakeMachine) machine = fake_machine_load (names->pdata[i]);
        g_autoptr (VfSnapshot) snapshot = read_machine (names->pdata[i]);

        g_test_message ("%s", machine->title);
        g_assert_cmpuint (vf_snapshot_size (snapshot), ==, machine->functions->len);
        for (guint k = 0; k < machine->functions->len; k++) {
            const FakeFunction *fake = machine->functions->pdata[k];
            const VfPciFunction *function = find (snapshot, fake->name.text);

            g_assert_cmphex (function->class_code, ==, fake->class_code);
            g_assert_cmpint (function->iommu_group, ==, fake->group);
            g_assert_cmpstr (function->driver, ==, fake->driver);
            if (!function->detailed)
                continue;
            g_assert_cmphex (function->vendor, ==, fake->vendor);
            g_assert_cmphex (function->device, ==, fake->device);
            g_assert_cmphex (function->subsystem_vendor, ==, fake->subsystem_vendor);
            g_assert_cmphex (function->subsystem_device, ==, fake->subsystem_device);
            g_assert_cmpstr (function->path, ==, fake->path);
            g_assert_cmpstr (function->runtime_status, ==, fake->power);
            g_assert_cmpstr (function->power_control, ==, fake->power_control);
            g_assert_cmpstr (function->d3cold_allowed, ==, fake->d3cold);
            g_assert_cmpstr (function->reset_methods, ==, fake->reset);
        }
    }
}

static void
test_detail (void)
{
    g_autoptr (VfSnapshot) snapshot = read_machine ("igpu-nvidia");
    const VfPciFunction *igpu = find (snapshot, "0000:00:02.0");
    const VfPciFunction *card = find (snapshot, "0000:01:00.0");

    g_assert_cmpint (igpu->boot_vga, ==, VF_ANSWER_YES);
    g_assert_cmpint (igpu->boot_display, ==, VF_ANSWER_UNKNOWN);
    g_assert_cmpstr (igpu->enabled_connector, ==, "HDMI-A-1");
    g_assert_cmpint (card->boot_vga, ==, VF_ANSWER_NO);
    g_assert_null (card->enabled_connector);
    g_assert_cmpstr (card->modalias, ==, "pci:v000010DEd00001E84sv00001458sd00003FF6bc03sc00i00");
    g_assert_true (find (snapshot, "0000:01:00.3")->detailed);
    g_assert_cmpint (find (snapshot, "0000:01:00.3")->boot_vga, ==, VF_ANSWER_UNKNOWN);
    g_assert_false (find (snapshot, "0000:00:1f.3")->detailed);
    g_assert_false (find (snapshot, "0000:00:01.0")->detailed);
    g_assert_null (find (snapshot, "0000:00:1f.3")->modalias);
}

static void
test_displays (void)
{
    g_autoptr (VfSnapshot) device = read_machine ("boot-display-igpu");
    g_autoptr (VfSnapshot) card = read_machine ("boot-display-card");
    g_autoptr (VfSnapshot) connected = read_machine ("monitor-connected");
    g_autoptr (VfSnapshot) enabled = read_machine ("enabled-on-dgpu");

    g_assert_cmpint (find (device, "0000:00:02.0")->boot_display, ==, VF_ANSWER_YES);
    g_assert_cmpint (find (device, "0000:01:00.0")->boot_display, ==, VF_ANSWER_NO);
    g_assert_cmpint (find (card, "0000:00:02.0")->boot_display, ==, VF_ANSWER_YES);
    g_assert_cmpint (find (card, "0000:01:00.0")->boot_display, ==, VF_ANSWER_UNKNOWN);
    g_assert_null (find (connected, "0000:01:00.0")->enabled_connector);
    g_assert_cmpstr (find (connected, "0000:01:00.0")->monitor, ==, "HDMI-A-2");
    g_assert_cmpstr (find (device, "0000:00:02.0")->monitor, ==, "DP-1");
    g_assert_cmpstr (find (device, "0000:01:00.0")->monitor, ==, "");
    g_assert_cmpstr (find (enabled, "0000:01:00.0")->enabled_connector, ==, "DP-2");
}

static void
test_mates (void)
{
    g_autoptr (VfSnapshot) network = read_machine ("group-with-nic");
    g_autoptr (VfSnapshot) disk = read_machine ("group-with-disk");

    g_assert_cmpstr (find (network, "0000:01:02.0")->carries, ==,
                     "network interface enp1s2, network interface enp1s2v");
    g_assert_true (find (network, "0000:00:03.0")->detailed);
    g_assert_null (find (network, "0000:00:03.0")->carries);
    g_assert_null (find (network, "0000:01:01.1")->carries);
    g_assert_cmpstr (find (disk, "0000:02:00.0")->carries, ==,
                     "disk sda (in use: /, /boot), disk sdb");
    g_assert_cmpstr (find (disk, "0000:00:1d.0")->carries, ==, "disk nvme0n1 (in use: /home)");
}

/* Of the functions of a card only those that carry something say so: the jacks of its sound are no
 * keyboard. */
static void
test_own_usb (void)
{
    g_autofree char *root = fake_tree_build_named ("usb-in-use", NULL);
    g_autofree char *input = g_build_filename (root, "sys/class/input/input16", NULL);
    g_autofree char *interface =
        g_build_filename (root, "sys/bus/pci/devices/0000:01:00.2/net/enx0", NULL);
    g_autoptr (VfSnapshot) snapshot = read_tree (root);
    g_autoptr (VfSnapshot) less = NULL;

    g_assert_null (find (snapshot, "0000:01:00.0")->carries);
    g_assert_null (find (snapshot, "0000:01:00.1")->carries);
    g_assert_null (find (snapshot, "0000:01:00.3")->carries);
    g_assert_cmpstr (find (snapshot, "0000:01:00.2")->carries, ==,
                     "network interface enx0, disk sda (in use: /home), input device input16 "
                     "(Keyboard)");
    /* A raw device without an input device, and an interface that cannot be seen from here. */
    g_assert_cmpint (unlink (input), ==, 0);
    fake_tree_remove (interface);
    less = read_tree (root);
    g_assert_cmpstr (find (less, "0000:01:00.2")->carries, ==,
                     "network interface, disk sda (in use: /home), input device hidraw16");
    fake_tree_remove (root);
}

/* What is mounted of an encrypted volume lies on the disk below it; btrfs shows by its source, swap
 * by its own list. */
static void
test_layers (void)
{
    g_autofree char *root = fake_tree_build_named ("group-with-disk", NULL);
    g_autoptr (VfSnapshot) snapshot = NULL;

    fake_tree_write (root, "sys/class/block/sdb/holders/dm-0/dev", "254:0\n");
    fake_tree_write (root, "sys/class/block/dm-0/dev", "254:0\n");
    fake_tree_write (root, "proc/self/mountinfo",
                     "30 1 254:0 / /srv rw - ext4 /dev/mapper/x rw\n"
                     "31 1 0:40 /@home /home rw shared:1 - btrfs /dev/sda1 rw\n"
                     "short line\n");
    fake_tree_write (root, "proc/swaps", "Filename Type\n/dev/sda2 partition\n/dev/sda22 x\n");
    snapshot = read_tree (root);
    g_assert_cmpstr (find (snapshot, "0000:02:00.0")->carries, ==,
                     "disk sda (in use: /home, swap), disk sdb (in use: /srv)");
    fake_tree_remove (root);
}

static void
test_vfio (void)
{
    static const struct {
        const char *machine;
        VfVfioSupport support;
    } cases[] = {
        { "lab", VF_VFIO_READY },
        { "vfio-builtin", VF_VFIO_READY },
        { "vfio-loadable", VF_VFIO_LOADABLE },
        { "vfio-missing", VF_VFIO_MISSING },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (VfSnapshot) snapshot = read_machine (cases[i].machine);

        g_assert_cmpint (vf_snapshot_vfio (snapshot), ==, cases[i].support);
    }
}

static void
check_around (const VfSysfs *sysfs, const VfSnapshot *whole, const VfGpu *gpu)
{
    g_autoptr (VfSnapshot) part = vf_snapshot_reader_read_around (sysfs, gpu->address, NULL);
    g_autoptr (GPtrArray) all_mates = vf_gpu_group_mates (gpu, whole);
    g_autoptr (GPtrArray) mates = NULL;
    g_autofree char *all_evidence = vf_gpu_host_display_evidence (gpu, whole);
    g_autofree char *evidence = NULL;
    g_autofree char *all_identity = vf_gpu_identity (gpu);
    g_autofree char *identity = NULL;
    VfGpu same;

    g_assert_true (vf_gpu_find (part, gpu->address, &same));
    mates = vf_gpu_group_mates (&same, part);
    evidence = vf_gpu_host_display_evidence (&same, part);
    identity = vf_gpu_identity (&same);
    g_assert_cmpuint (same.n_functions, ==, gpu->n_functions);
    g_assert_cmpuint (mates->len, ==, all_mates->len);
    g_assert_cmpstr (evidence, ==, all_evidence);
    g_assert_cmpstr (identity, ==, all_identity);
    g_assert_cmpint (vf_snapshot_has_iommu (part), ==, vf_snapshot_has_iommu (whole));
}

/* What is read around a GPU leads to the same answers about it as all of the machine. */
static void
test_around (void)
{
    g_autoptr (GPtrArray) names = fake_machine_names ();

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *root = fake_tree_build_named (names->pdata[i], NULL);
        g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
        g_autoptr (VfSnapshot) whole = vf_snapshot_reader_read (sysfs, NULL);
        g_autoptr (GArray) gpus = vf_gpu_list (whole);

        g_test_message ("%s", (const char *) names->pdata[i]);
        for (guint k = 0; k < gpus->len; k++)
            check_around (sysfs, whole, &g_array_index (gpus, VfGpu, k));
        fake_tree_remove (root);
    }
}

static void
test_console (void)
{
    g_autoptr (VfSnapshot) desktop = read_machine ("igpu-nvidia");
    g_autoptr (VfSnapshot) card = read_machine ("enabled-on-dgpu");

    g_assert_true (find (desktop, "0000:00:02.0")->has_console);
    g_assert_false (find (desktop, "0000:01:00.0")->has_console);
    g_assert_true (find (card, "0000:01:00.0")->has_console);
}

/* Files that take the device's lock or wake it are not even opened. */
static void
test_touches_nothing_else (void)
{
    static const char *const forbidden[] = { "driver_override", "uevent", "config", "enable" };
    g_autofree char *root = fake_tree_build_named ("asleep", NULL);
    g_autofree char *folder = g_build_filename (root, "sys/bus/pci/devices/0000:01:00.0", NULL);
    g_autoptr (VfSnapshot) snapshot = NULL;
    char events[16384] __attribute__ ((aligned (__alignof__(struct inotify_event))));
    int watch = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
    gboolean saw_class = FALSE;
    gssize length;

    g_assert_cmpint (inotify_add_watch (watch, folder, IN_OPEN), >=, 0);
    snapshot = read_tree (root);
    length = read (watch, events, sizeof events);
    g_assert_cmpint (length, >, 0);
    for (char *next = events; next < events + length;) {
        const struct inotify_event *event = (const struct inotify_event *) next;
        const char *name = event->len > 0 ? event->name : "";

        saw_class |= strcmp (name, "class") == 0;
        for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++)
            g_assert_cmpstr (name, !=, forbidden[i]);
        next += sizeof *event + event->len;
    }
    g_assert_true (saw_class);
    close (watch);
    fake_tree_remove (root);
}

static void
test_no_sysfs (void)
{
    g_autofree char *root = fake_tree_new_folder ();
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_snapshot_reader_read (sysfs, &error));
    g_assert_nonnull (strstr (error->message, "/sys/bus/pci/devices"));
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/snapshot-reader/all", test_all);
    g_test_add_func ("/snapshot-reader/detail", test_detail);
    g_test_add_func ("/snapshot-reader/displays", test_displays);
    g_test_add_func ("/snapshot-reader/mates", test_mates);
    g_test_add_func ("/snapshot-reader/own-usb", test_own_usb);
    g_test_add_func ("/snapshot-reader/layers", test_layers);
    g_test_add_func ("/snapshot-reader/vfio", test_vfio);
    g_test_add_func ("/snapshot-reader/around", test_around);
    g_test_add_func ("/snapshot-reader/console", test_console);
    g_test_add_func ("/snapshot-reader/touches-nothing-else", test_touches_nothing_else);
    g_test_add_func ("/snapshot-reader/no-sysfs", test_no_sysfs);
    return g_test_run ();
}
