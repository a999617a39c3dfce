/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the machine into a snapshot. Reads only attributes and links that need no lock of the
 * device and do not wake it: it must answer while another process hangs in an unbind of the same
 * card, and must not cost a laptop its battery. So never driver_override, uevent or config. */
#pragma once

#include "vf-snapshot.h"
#include "vf-sysfs.h"

/* @root is the machine's root. Class, driver and IOMMU group of every function are read, the rest
 * only of slots with a display function and of those that share an IOMMU group with one. A function
 * that vanishes meanwhile is left out. The caller owns the snapshot, which is sealed. NULL with
 * VF_REASON_INTERNAL when sysfs cannot be read. */
VfSnapshot *vf_snapshot_reader_read (const VfSysfs *root, GError **error);

/* The same for the slot of @address and what shares an IOMMU group with it, however large the
 * machine is. When the slot has the display of the firmware, the other graphics cards are in it as
 * well: one of them may be what the kernel calls the boot display. It says nothing about vfio. */
VfSnapshot *
vf_snapshot_reader_read_around (const VfSysfs *root, VfPciAddress address, GError **error);
