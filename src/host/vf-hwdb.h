/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of PCI devices from udev's hardware database, without a look at the device. A library of
 * its own: the small programs that need no names do not load libudev. */
#pragma once

#include "vf-pci-function.h"

typedef struct _VfHwdb VfHwdb;

/* Opens the database. A machine without one gives ids for names. The caller owns it. */
VfHwdb *vf_hwdb_new (void);
void vf_hwdb_free (VfHwdb *hwdb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfHwdb, vf_hwdb_free)

/* "NVIDIA GA104 [GeForce RTX 3070]", or "10de:2484" when the database does not know it. The caller
 * owns it. */
char *vf_hwdb_name (VfHwdb *hwdb, const VfPciFunction *function);
