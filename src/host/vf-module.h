/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel that runs has of a module. Loads nothing. */
#pragma once

#include "vf-host-facts.h"
#include "vf-sysfs.h"

/* @name as sysfs has it, "vfio_pci": the file may be called vfio-pci.ko. @root is the machine's
 * root. What cannot be read counts as missing. */
VfModuleState vf_module_read_state (const VfSysfs *root, const char *name);
