/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which functions a driver has. */
#pragma once

#include "vf-sysfs.h"

/* Whether the function at @address is bound to @driver. @root is the machine's root. */
gboolean vf_driver_has (const VfSysfs *root, const char *driver, VfPciAddress address);

/* Whether a function of another slot than that of @address is bound to @driver. */
gboolean vf_driver_has_other (const VfSysfs *root, const char *driver, VfPciAddress address);
