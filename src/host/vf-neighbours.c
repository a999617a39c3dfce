/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from one function to those around it. */
#include "vf-neighbours.h"

#include <string.h>

#define DEVICES "sys/bus/pci/devices"
#define MAX_FUNCTIONS 8

static gboolean
contains (const GPtrArray *names, const char *name)
{
    return g_ptr_array_find_with_equal_func ((GPtrArray *) names, name, g_str_equal, NULL);
}

static void
add_group (const VfSysfs *root, const char *group, GPtrArray *names)
{
    g_autofree char *path = g_strconcat ("sys/kernel/iommu_groups/", group, "/devices", NULL);
    g_autoptr (GPtrArray) mates = NULL;

    if (vf_sysfs_list (root, path, &mates) != 0)
        return;
    for (guint i = 0; i < mates->len; i++)
        if (!contains (names, mates->pdata[i]))
            g_ptr_array_add (names, g_strdup (mates->pdata[i]));
}

/* sys/class/drm/card0 links to "../../devices/.../0000:00:02.0/drm/card0". */
static void
add_card (const VfSysfs *root, const char *card, GPtrArray *names)
{
    g_autofree char *path = g_strconcat ("sys/class/drm/", card, NULL);
    g_autofree char *end = g_strconcat ("/drm/", card, NULL);
    char target[VF_SYSFS_TEXT_MAX];
    const char *function;

    if (vf_sysfs_read_link (root, path, target, sizeof target) != 0
        || !g_str_has_suffix (target, end))
        return;
    target[strlen (target) - strlen (end)] = '\0';
    function = strrchr (target, '/');
    if (function != NULL && !contains (names, function + 1))
        g_ptr_array_add (names, g_strdup (function + 1));
}

static void
add_cards (const VfSysfs *root, GPtrArray *names)
{
    g_autoptr (GPtrArray) cards = NULL;

    if (vf_sysfs_list (root, "sys/class/drm", &cards) != 0)
        return;
    for (guint i = 0; i < cards->len; i++)
        add_card (root, cards->pdata[i], names);
}

static gboolean
has_firmware_display (const VfSysfs *root, const char *name)
{
    g_autofree char *path = g_strconcat (DEVICES "/", name, "/boot_vga", NULL);
    guint64 number;

    return vf_sysfs_read_number (root, path, &number) == 0 && number == 1;
}

GPtrArray *
vf_neighbours_list (const VfSysfs *root, VfPciAddress address)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    gboolean firmware_display = FALSE;

    for (address.function = 0; address.function < MAX_FUNCTIONS; address.function++)
        g_ptr_array_add (names, g_strdup (vf_pci_address_format (address).text));
    for (guint i = 0; i < MAX_FUNCTIONS; i++) {
        g_autofree char *link = g_strconcat (DEVICES "/", names->pdata[i], "/iommu_group", NULL);
        char group[VF_SYSFS_NAME_MAX];

        if (vf_sysfs_read_link_name (root, link, group, sizeof group) == 0)
            add_group (root, group, names);
        firmware_display |= has_firmware_display (root, names->pdata[i]);
    }
    if (firmware_display)
        add_cards (root, names);
    return names;
}
