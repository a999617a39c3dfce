/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a PCI function to the devices and mounts of the host that depend on it. */
#include "vf-carried.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
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
    GPtrArray *blocks;  /* ClassDevice */
    GPtrArray *inputs;  /* ClassDevice */
    GPtrArray *hidraws; /* ClassDevice */
    char **mounts;      /* lines of mountinfo; NULL until a disk asks for them */
    char **swaps;       /* lines of swaps; the same */
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
    VfCarried *carried = g_new0 (VfCarried, 1);

    carried->root = root;
    carried->blocks = read_class (root, "sys/class/block");
    carried->inputs = read_class (root, "sys/class/input");
    carried->hidraws = read_class (root, "sys/class/hidraw");
    return carried;
}

void
vf_carried_free (VfCarried *carried)
{
    if (carried == NULL)
        return;
    g_ptr_array_unref (carried->blocks);
    g_ptr_array_unref (carried->inputs);
    g_ptr_array_unref (carried->hidraws);
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
device_free (gpointer data)
{
    VfCarriedDevice *device = data;

    g_free (device->name);
    g_free (device->title);
    g_strfreev (device->places);
    g_free (device);
}

static VfCarriedDevice *
add_device (GPtrArray *devices, VfCarriedKind kind, const char *name)
{
    VfCarriedDevice *device = g_new0 (VfCarriedDevice, 1);

    device->kind = kind;
    device->name = g_strdup (name);
    g_ptr_array_add (devices, device);
    return device;
}

static void
add_disk (VfCarried *carried, const ClassDevice *disk, GPtrArray *devices)
{
    GPtrArray *places = g_ptr_array_new ();

    if (carried->mounts == NULL) {
        carried->mounts = read_lines (carried->root, "proc/self/mountinfo");
        carried->swaps = read_lines (carried->root, "proc/swaps");
    }
    add_layers (carried, disk->name, 0, places);
    for (guint i = 0; i < carried->blocks->len; i++) {
        const ClassDevice *device = carried->blocks->pdata[i];

        if (is_partition (device, disk->name))
            add_layers (carried, device->name, 0, places);
    }
    g_ptr_array_add (places, NULL);
    add_device (devices, VF_CARRIED_DISK, disk->name)->places =
        (char **) g_ptr_array_free (places, FALSE);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* @folder is called "net". An interface that was moved to a container is in it and not to be seen.
 */
static void
add_interfaces (const VfSysfs *folder, GPtrArray *devices)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list_folders (folder, ".", &names) != 0)
        return;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++)
        add_device (devices, VF_CARRIED_NETWORK, names->pdata[i]);
    if (names->len == 0)
        add_device (devices, VF_CARRIED_NETWORK, NULL);
}

/* Looks for the folders of network interfaces below @folder. Not by the links in sys/class/net: the
 * worker has a network of its own and sees no interface of the host, but it does see the folder. */
static void
add_networks (const VfSysfs *folder, GPtrArray *devices)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list_folders (folder, ".", &names) != 0)
        return;
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autoptr (VfSysfs) inner = NULL;

        if (strcmp (name, "power") == 0 || vf_sysfs_open (folder, name, &inner) != 0)
            continue;
        if (strcmp (name, "net") == 0)
            add_interfaces (inner, devices);
        else
            add_networks (inner, devices);
    }
}

static void
add_disks (VfCarried *carried, const char *inner, GPtrArray *devices)
{
    for (guint i = 0; i < carried->blocks->len; i++) {
        const ClassDevice *disk = carried->blocks->pdata[i];
        g_autofree char *partition =
            g_build_filename ("sys/class/block", disk->name, "partition", NULL);

        if (strstr (disk->target, inner) != NULL && !vf_sysfs_exists (carried->root, partition))
            add_disk (carried, disk, devices);
    }
}

/* The name of an input device comes from the device itself. */
static void
add_input (const VfCarried *carried, const ClassDevice *input, GPtrArray *devices)
{
    g_autofree char *path = g_build_filename ("sys/class/input", input->name, "name", NULL);
    VfCarriedDevice *device = add_device (devices, VF_CARRIED_INPUT, input->name);
    char text[VF_SYSFS_NAME_MAX];

    if (vf_sysfs_read (carried->root, path, text, sizeof text) == 0)
        device->title = vf_text_escape (text);
}

/* A sound card has input devices as well, which say what is plugged into it. Of a keyboard the raw
 * device says nothing new. */
static void
add_inputs (const VfCarried *carried, const char *inner, GPtrArray *devices)
{
    guint n_devices = devices->len;

    for (guint i = 0; i < carried->inputs->len; i++) {
        const ClassDevice *input = carried->inputs->pdata[i];

        if (g_str_has_prefix (input->name, "input") && strstr (input->target, inner) != NULL
            && strstr (input->target, "/sound/") == NULL)
            add_input (carried, input, devices);
    }
    for (guint i = 0; i < carried->hidraws->len && devices->len == n_devices; i++) {
        const ClassDevice *device = carried->hidraws->pdata[i];

        if (strstr (device->target, inner) != NULL)
            add_device (devices, VF_CARRIED_INPUT, device->name);
    }
}

GPtrArray *
vf_carried_list (VfCarried *carried, VfPciAddress address)
{
    g_autofree char *inner = g_strdup_printf ("/%s/", vf_pci_address_format (address).text);
    GPtrArray *devices = g_ptr_array_new_with_free_func (device_free);
    g_autoptr (VfSysfs) folder = NULL;

    if (vf_sysfs_open_function (carried->root, address, &folder) == 0)
        add_networks (folder, devices);
    add_disks (carried, inner, devices);
    add_inputs (carried, inner, devices);
    return devices;
}

static char *
describe_disk (const VfCarriedDevice *disk)
{
    g_autofree char *list = g_strjoinv (", ", disk->places);

    return *list == '\0' ? g_strdup_printf (_ ("disk %s"), disk->name)
                         : g_strdup_printf (_ ("disk %s (in use: %s)"), disk->name, list);
}

static char *
describe (const VfCarriedDevice *device)
{
    switch (device->kind) {
    case VF_CARRIED_NETWORK:
        return device->name != NULL ? g_strdup_printf (_ ("network interface %s"), device->name)
                                    : g_strdup (_ ("network interface"));
    case VF_CARRIED_DISK:
        return describe_disk (device);
    case VF_CARRIED_INPUT:
        return device->title != NULL
                   ? g_strdup_printf (_ ("input device %s (%s)"), device->name, device->title)
                   : g_strdup_printf (_ ("input device %s"), device->name);
    }
    g_return_val_if_reached (NULL);
}

char *
vf_carried_describe (VfCarried *carried, VfPciAddress address)
{
    g_autoptr (GPtrArray) devices = vf_carried_list (carried, address);
    g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

    if (devices->len == 0)
        return NULL;
    for (guint i = 0; i < devices->len; i++)
        g_ptr_array_add (words, describe (devices->pdata[i]));
    g_ptr_array_add (words, NULL);
    return g_strjoinv (", ", (char **) words->pdata);
}
