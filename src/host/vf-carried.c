/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a PCI function to the network interfaces and mounts that depend on it. */
#include "vf-carried.h"

#include <string.h>

/* Encryption on a logical volume on RAID on a partition is four. */
#define MAX_LAYERS 8

#define MOUNTS_MAX (4 * 1024 * 1024)

typedef struct {
    char *name;   /* "sda1" */
    char *target; /* of its link: "../../devices/pci0000:00/.../block/sda/sda1" */
} ClassDevice;

struct _VfCarried {
    const VfSysfs *root;
    GPtrArray *networks; /* ClassDevice */
    GPtrArray *blocks;   /* ClassDevice */
    char **mounts;       /* lines of mountinfo */
    char **swaps;        /* lines of swaps */
};

static void
class_device_free (ClassDevice *device)
{
    g_free (device->name);
    g_free (device->target);
    g_free (device);
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
    const ClassDevice *first = *(const ClassDevice *const *) a;
    const ClassDevice *second = *(const ClassDevice *const *) b;

    return strcmp (first->name, second->name);
}

/* The links in a folder below sys/class, by name. */
static GPtrArray *
read_class (const VfSysfs *root, const char *path)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) class_device_free);
    g_autoptr (GPtrArray) names = NULL;
    g_autoptr (VfSysfs) folder = NULL;
    char target[VF_SYSFS_TEXT_MAX];

    if (vf_sysfs_open (root, path, &folder) != 0 || vf_sysfs_list (folder, ".", &names) != 0)
        return devices;
    for (guint i = 0; i < names->len; i++) {
        ClassDevice *device;

        if (vf_sysfs_read_link (folder, names->pdata[i], target, sizeof target) != 0)
            continue;
        device = g_new (ClassDevice, 1);
        device->name = g_strdup (names->pdata[i]);
        device->target = g_strdup (target);
        g_ptr_array_add (devices, device);
    }
    g_ptr_array_sort (devices, compare_devices);
    return devices;
}

static char **
read_lines (const VfSysfs *root, const char *path)
{
    g_autofree char *text = NULL;

    if (vf_sysfs_read_file (root, path, MOUNTS_MAX, &text, NULL) != 0)
        return g_new0 (char *, 1);
    return g_strsplit (text, "\n", -1);
}

VfCarried *
vf_carried_new (const VfSysfs *root)
{
    VfCarried *carried = g_new (VfCarried, 1);

    carried->root = root;
    carried->networks = read_class (root, "sys/class/net");
    carried->blocks = read_class (root, "sys/class/block");
    carried->mounts = read_lines (root, "proc/self/mountinfo");
    carried->swaps = read_lines (root, "proc/swaps");
    return carried;
}

void
vf_carried_free (VfCarried *carried)
{
    if (carried == NULL)
        return;
    g_ptr_array_unref (carried->networks);
    g_ptr_array_unref (carried->blocks);
    g_strfreev (carried->mounts);
    g_strfreev (carried->swaps);
    g_free (carried);
}

static void
add_place (GPtrArray *places, const char *place)
{
    if (!g_ptr_array_find_with_equal_func (places, place, g_str_equal, NULL))
        g_ptr_array_add (places, g_strdup (place));
}

/* Adds where the block device @name is mounted. A line of mountinfo is "ID PARENT MAJOR:MINOR ROOT
 * MOUNTPOINT OPTIONS [FIELDS] - TYPE SOURCE OPTIONS"; btrfs has numbers of its own there, hence the
 * look at the source as well. */
static void
add_mounts (const VfCarried *carried, const char *name, GPtrArray *places)
{
    g_autofree char *number_path = g_build_filename ("sys/class/block", name, "dev", NULL);
    g_autofree char *source = g_strconcat ("/dev/", name, NULL);
    char number[32];

    if (vf_sysfs_read (carried->root, number_path, number, sizeof number) != 0)
        return;
    for (char **line = carried->mounts; *line != NULL; line++) {
        g_auto (GStrv) fields = g_strsplit (*line, " ", -1);
        guint n_fields = g_strv_length (fields);
        gboolean is_source = FALSE;

        if (n_fields < 10)
            continue;
        for (guint i = 6; i + 2 < n_fields; i++)
            is_source |= strcmp (fields[i], "-") == 0 && strcmp (fields[i + 2], source) == 0;
        if (is_source || strcmp (fields[2], number) == 0)
            add_place (places, fields[4]);
    }
    for (char **line = carried->swaps; *line != NULL; line++) {
        gsize length = strlen (source);

        if (g_str_has_prefix (*line, source) && g_ascii_isspace ((*line)[length]))
            add_place (places, "swap");
    }
}

/* The same for all that is built upon the block device @name. */
static void
add_layers (const VfCarried *carried, const char *name, guint depth, GPtrArray *places)
{
    g_autofree char *path = g_build_filename ("sys/class/block", name, "holders", NULL);
    g_autoptr (GPtrArray) holders = NULL;

    add_mounts (carried, name, places);
    if (depth == MAX_LAYERS || vf_sysfs_list (carried->root, path, &holders) != 0)
        return;
    for (guint i = 0; i < holders->len; i++)
        add_layers (carried, holders->pdata[i], depth + 1, places);
}

/* Whether @device is the partition of another block device rather than a whole one. */
static gboolean
is_partition (const ClassDevice *device, const char *disk)
{
    g_autofree char *inner = g_strconcat ("/", disk, "/", NULL);

    return strstr (device->target, inner) != NULL;
}

static void
describe_disk (const VfCarried *carried, const ClassDevice *disk, GPtrArray *words)
{
    g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *list = NULL;

    add_layers (carried, disk->name, 0, places);
    for (guint i = 0; i < carried->blocks->len; i++) {
        const ClassDevice *device = carried->blocks->pdata[i];

        if (is_partition (device, disk->name))
            add_layers (carried, device->name, 0, places);
    }
    if (places->len == 0) {
        g_ptr_array_add (words, g_strdup_printf ("disk %s", disk->name));
        return;
    }
    g_ptr_array_add (places, NULL);
    list = g_strjoinv (", ", (char **) places->pdata);
    g_ptr_array_add (words, g_strdup_printf ("disk %s (in use: %s)", disk->name, list));
}

char *
vf_carried_describe (const VfCarried *carried, VfPciAddress address)
{
    g_autofree char *inner = g_strdup_printf ("/%s/", vf_pci_address_format (address).text);
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < carried->networks->len; i++) {
        const ClassDevice *network = carried->networks->pdata[i];

        if (strstr (network->target, inner) != NULL)
            g_ptr_array_add (words, g_strdup_printf ("network interface %s", network->name));
    }
    for (guint i = 0; i < carried->blocks->len; i++) {
        const ClassDevice *disk = carried->blocks->pdata[i];
        g_autofree char *partition =
            g_build_filename ("sys/class/block", disk->name, "partition", NULL);

        if (strstr (disk->target, inner) != NULL && !vf_sysfs_exists (carried->root, partition))
            describe_disk (carried, disk, words);
    }
    if (words->len == 0)
        return NULL;
    g_ptr_array_add (words, NULL);
    return g_strjoinv (", ", (char **) words->pdata);
}
