/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the attribute "enable" says of a function on vfio-pci. */
#include "vfd-vfio-use.h"

gboolean
vfd_vfio_use_is_none (const VfSysfs *root, const GArray *functions)
{
    for (guint i = 0; i < functions->len; i++) {
        VfPciAddressText address =
            vf_pci_address_format (g_array_index (functions, VfPciAddress, i));
        g_autofree char *path = g_strdup_printf ("sys/bus/pci/devices/%s/enable", address.text);
        guint64 count;

        if (vf_sysfs_read_number (root, path, &count) != 0 || count > 0)
            return FALSE;
    }
    return functions->len > 0;
}
