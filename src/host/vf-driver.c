/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look into the folder of a driver, which has a link for each function that it has. */
#include "vf-driver.h"

static char *
folder_of (const char *driver)
{
    return g_build_filename ("sys/bus/pci/drivers", driver, NULL);
}

gboolean
vf_driver_has (const VfSysfs *root, const char *driver, VfPciAddress address)
{
    g_autofree char *folder = folder_of (driver);
    g_autofree char *link = g_build_filename (folder, vf_pci_address_format (address).text, NULL);

    return vf_sysfs_exists (root, link);
}

gboolean
vf_driver_has_other (const VfSysfs *root, const char *driver, VfPciAddress address)
{
    g_autofree char *folder = folder_of (driver);
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, folder, &names) != 0)
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        VfPciAddress other;

        if (vf_pci_address_parse (names->pdata[i], &other, NULL)
            && !vf_pci_address_same_slot (other, address))
            return TRUE;
    }
    return FALSE;
}
