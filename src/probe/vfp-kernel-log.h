/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel has said about a function and its driver. */
#pragma once

#include "vf-pci-address.h"
#include "vf-sysfs.h"

/* One line: microseconds since the host started, the kernel's level (0: the gravest), the text. */
#define VFP_KERNEL_LINE_TYPE "(tus)"

/* The newest warnings and errors that name the function at @address, @driver ("" for none) or its
 * module, oldest first, as an array of VFP_KERNEL_LINE_TYPE; floating. From /dev/kmsg when that may
 * be read, else from the journal; empty when neither may. @root is the machine's root. */
GVariant *vfp_kernel_log_find (const VfSysfs *root, VfPciAddress address, const char *driver);
