/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a GPU's object path. */
#include "vf-bus-names.h"

char *
vf_bus_gpu_path (VfPciAddress address)
{
    return g_strdup_printf (VF_BUS_GPU_PATH_PREFIX "%04x_%02x_%02x", address.domain, address.bus,
                            address.slot);
}
