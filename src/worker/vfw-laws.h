/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker does to nobody, whatever it is told. The laws are judged from sysfs alone, and
 * read no more of it than the slot of the function and its IOMMU group. */
#pragma once

#include "vf-step.h"
#include "vf-sysfs.h"

/* That the GPU in a slot may be taken from the host, and when that was judged. It holds for a
 * second: a lend takes a GPU in eight steps within a moment, and to look around at each of them is
 * most of what they cost. */
typedef struct {
    VfPciAddress slot;
    gint64 judged; /* monotonic time in microseconds; 0: never */
} VfwVerdict;

/* Opens the folder of the function of @step, if the step may be carried out on the machine that
 * @root shows. Whoever writes to what is in it writes to the device that was judged, whatever is at
 * its address by then. The caller owns it; NULL with the law that was broken:
 * - the function is there and has the ids of the step: VF_REASON_IDENTITY_CHANGED;
 * - it is a display function, or sits in a slot with one: VF_REASON_NOT_A_GPU;
 * - driver_override names vfio-pci or nothing: VF_REASON_STEP_REJECTED. So a driver of the host is
 *   bound only where the kernel's own table of ids has the function for it;
 * - the override of another program is not replaced: VF_REASON_FOREIGN_DRIVER;
 * - only a function without a driver that can be reset alone is reset, and the kernel finds a
 * driver for none that is reserved for vfio-pci: VF_REASON_STEP_REJECTED;
 * - what takes the function from the host is done only when no function of another slot but bridges
 *   is in its IOMMU group (VF_REASON_NO_IOMMU, VF_REASON_FOREIGN_GROUP_MEMBER), and its GPU neither
 *   carries a device of the host (VF_REASON_CARRIES_DEVICE) nor is its display
 *   (VF_REASON_HOST_DISPLAY). Of these a @verdict (may be NULL) is remembered. */
VfSysfs *
vfw_laws_open (const VfSysfs *root, const VfStep *step, VfwVerdict *verdict, GError **error);
