/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a GPU's object path. */
#include "vf-bus-names.h"

#include <string.h>

char *
vf_bus_gpu_path (VfPciAddress address)
{
    return g_strdup_printf (VF_BUS_GPU_PATH_PREFIX "%04x_%02x_%02x", address.domain, address.bus,
                            address.slot);
}

gboolean
vf_bus_gpu_path_parse (const char *path, VfPciAddress *address)
{
    g_autofree char *text = NULL;

    if (!g_str_has_prefix (path, VF_BUS_GPU_PATH_PREFIX))
        return FALSE;
    path += strlen (VF_BUS_GPU_PATH_PREFIX);
    if (strchr (path, ':') != NULL)
        return FALSE;
    text = g_strdelimit (g_strconcat (path, ".0", NULL), "_", ':');
    return vf_pci_address_parse (text, address, NULL);
}
