/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether anybody can have a GPU open through vfio, without asking who. */
#pragma once

#include "vf-sysfs.h"

/* vfio-pci enables a function when somebody opens it and disables it when the last one closes it
 * (drivers/vfio/pci/vfio_pci_core.c), and the kernel counts that in the lock-free attribute
 * "enable". TRUE when the count of every one of @functions (VfPciAddress values) is 0: then nobody
 * has one open. FALSE when one is open, or when it cannot be told. */
gboolean vfd_vfio_use_is_none (const VfSysfs *root, const GArray *functions);
