/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which drivers are made for a device, as the modules themselves say. With a driver override the
 * kernel would give any device to any driver; so whoever writes one asks here first. */
#pragma once

#include "vf-sysfs.h"

/* Whether the module of @driver, a PCI driver that is there now, names @modalias among its aliases:
 * in modules.alias of the running kernel, or built into it. FALSE also when that cannot be read,
 * and for vfio-pci, which names no device by itself. @root is the machine's root. */
gboolean vf_module_alias_allows (const VfSysfs *root, const char *modalias, const char *driver);
