/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the functions that matter for one of them without a look at all that the machine has. */
#pragma once

#include "vf-sysfs.h"

/* The addresses, as text, of the functions in the slot of @address and in the IOMMU groups of that
 * slot; and of every graphics card with a driver when boot_vga is 1 in that slot. No address comes
 * twice. The caller owns the array, which frees its strings. */
GPtrArray *vf_neighbours_list (const VfSysfs *root, VfPciAddress address);
