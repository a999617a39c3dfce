/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a PCI function to the device nodes below it. */
#include "vf-device-nodes.h"

#include "vf-driver.h"
#include "vf-pci-function.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define NVIDIA_MAJOR 195

void
vf_device_node_free (VfDeviceNode *node)
{
    g_free (node->name);
    g_free (node);
}

static void
add (GPtrArray *nodes, const char *name, dev_t number)
{
    VfDeviceNode *node = g_new (VfDeviceNode, 1);

    node->name = g_strdup (name);
    node->number = number;
    g_ptr_array_add (nodes, node);
}

static gboolean
read_number (const VfSysfs *folder, dev_t *number)
{
    char text[32];
    guint first, second;
    int end = 0;

    if (vf_sysfs_read (folder, "dev", text, sizeof text) != 0
        || sscanf (text, "%u:%u%n", &first, &second, &end) != 2 || text[end] != '\0')
        return FALSE;
    *number = makedev (first, second);
    return TRUE;
}

/* The kernel says in "uevent" how it called the node in /dev. Only that of a class device is read:
 * the one of the PCI function itself takes the lock that a hanging unbind has. */
static void
add_from_folder (const VfSysfs *folder, GPtrArray *nodes)
{
    static const char key[] = "DEVNAME=";
    char text[VF_SYSFS_TEXT_MAX];
    g_auto (GStrv) lines = NULL;
    dev_t number;

    if (!read_number (folder, &number) || vf_sysfs_read (folder, "uevent", text, sizeof text) != 0)
        return;
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix (*line, key) && strstr (*line, "..") == NULL)
            add (nodes, *line + strlen (key), number);
    }
}

/* Adds what is below @folder but not the device of @folder itself. */
static int
walk (const VfSysfs *folder, GPtrArray *nodes)
{
    g_autoptr (GPtrArray) names = NULL;
    int result = vf_sysfs_list_folders (folder, ".", &names);

    for (guint i = 0; result == 0 && i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autoptr (VfSysfs) inner = NULL;

        /* "power" is in every device and has no devices; those of "vfio-dev" are not the host's. */
        if (strcmp (name, "power") == 0 || strcmp (name, "vfio-dev") == 0)
            continue;
        result = vf_sysfs_open (folder, name, &inner);
        if (result == 0) {
            add_from_folder (inner, nodes);
            result = walk (inner, nodes);
        }
        /* A device may go while it is looked at. */
        if (result == -ENOENT)
            result = 0;
    }
    return result;
}

/* NVIDIA's own driver makes its nodes from user space, so sysfs does not know them. */
static void
add_nvidia (const VfSysfs *root, VfPciAddress address, GPtrArray *nodes)
{
    static const char key[] = "Device Minor:";
    g_autofree char *path = g_strdup_printf ("proc/driver/nvidia/gpus/%s/information",
                                             vf_pci_address_format (address).text);
    char text[VF_SYSFS_TEXT_MAX];
    const char *found;
    guint minor_number;

    if (vf_sysfs_read (root, path, text, sizeof text) != 0)
        return;
    found = strstr (text, key);
    if (found != NULL && sscanf (found + strlen (key), " %u", &minor_number) == 1) {
        g_autofree char *name = g_strdup_printf ("nvidia%u", minor_number);

        add (nodes, name, makedev (NVIDIA_MAJOR, minor_number));
    }
}

static VfSysfs *
open_function (const VfSysfs *root, VfPciAddress address, GError **error)
{
    VfSysfs *folder = NULL;
    int result = vf_sysfs_open_function (root, address, &folder);

    if (result != 0)
        vf_sysfs_set_error (error, vf_pci_address_format (address).text, result);
    return folder;
}

static GPtrArray *
new_list (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) vf_device_node_free);
}

GPtrArray *
vf_device_nodes_of_host (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) nodes = new_list ();
    g_autoptr (VfSysfs) folder = open_function (root, address, error);
    int result;

    if (folder == NULL)
        return NULL;
    result = walk (folder, nodes);
    if (result != 0) {
        vf_sysfs_set_error (error, vf_pci_address_format (address).text, result);
        return NULL;
    }
    add_nvidia (root, address, nodes);
    return g_steal_pointer (&nodes);
}

/* The node at @path below /dev, which sysfs does not know; its number is what is there. */
static void
add_by_name (const VfSysfs *root, const char *path, GPtrArray *nodes)
{
    g_autofree char *full = g_build_filename ("dev", path, NULL);
    struct stat status;

    if (fstatat (vf_sysfs_fd (root), full, &status, AT_SYMLINK_NOFOLLOW) == 0)
        add (nodes, path, S_ISCHR (status.st_mode) ? status.st_rdev : 0);
}

/* "nvidia0" is the node of one card. */
static gboolean
is_shared_by_nvidia (const char *name)
{
    static const char start[] = "nvidia";
    const char *rest = name + strlen (start);

    return g_str_has_prefix (name, start) && strspn (rest, G_CSET_DIGITS) != strlen (rest);
}

/* Below "nvidia-caps" there are more. */
static void
add_all_of_nvidia (const VfSysfs *root, GPtrArray *nodes)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, "dev", &names) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *folder = g_build_filename ("dev", names->pdata[i], NULL);
        g_autoptr (GPtrArray) inner = NULL;

        if (!is_shared_by_nvidia (names->pdata[i]))
            continue;
        if (vf_sysfs_list (root, folder, &inner) != 0)
            add_by_name (root, names->pdata[i], nodes);
        for (guint k = 0; inner != NULL && k < inner->len; k++) {
            g_autofree char *path = g_build_filename (names->pdata[i], inner->pdata[k], NULL);

            add_by_name (root, path, nodes);
        }
    }
}

GPtrArray *
vf_device_nodes_shared (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) nodes = new_list ();
    g_autoptr (VfSysfs) kfd = NULL;

    if (vf_driver_has (root, VF_NVIDIA_DRIVER, address)
        && !vf_driver_has_other (root, VF_NVIDIA_DRIVER, address))
        add_all_of_nvidia (root, nodes);
    if (vf_driver_has (root, VF_AMD_DRIVER, address)
        && vf_sysfs_open (root, "sys/class/kfd/kfd", &kfd) == 0)
        add_from_folder (kfd, nodes);
    return g_steal_pointer (&nodes);
}

static void
add_vfio_group (const VfSysfs *root, const VfSysfs *function, GPtrArray *nodes)
{
    char group[VF_SYSFS_NAME_MAX];
    g_autofree char *path = NULL;
    g_autofree char *name = NULL;
    g_autoptr (VfSysfs) folder = NULL;
    dev_t number;

    if (vf_sysfs_read_link_name (function, "iommu_group", group, sizeof group) != 0)
        return;
    path = g_build_filename ("sys/class/vfio", group, NULL);
    name = g_build_filename ("vfio", group, NULL);
    if (vf_sysfs_open (root, path, &folder) == 0 && read_number (folder, &number))
        add (nodes, name, number);
}

GPtrArray *
vf_device_nodes_of_vfio (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) nodes = new_list ();
    g_autoptr (VfSysfs) function = open_function (root, address, error);
    g_autoptr (VfSysfs) devices = NULL;
    int result;

    if (function == NULL)
        return NULL;
    add_vfio_group (root, function, nodes);
    result = vf_sysfs_open (function, "vfio-dev", &devices);
    if (result == 0)
        result = walk (devices, nodes);
    if (result != 0 && result != -ENOENT) {
        vf_sysfs_set_error (error, vf_pci_address_format (address).text, result);
        return NULL;
    }
    return g_steal_pointer (&nodes);
}
