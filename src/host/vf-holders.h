/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which processes have device nodes open. A node counts by its number, not by its name: QEMU has a
 * /dev of its own. One that is only mapped any more counts where it is the node in the host's /dev.
 */
#pragma once

#include "vf-device-nodes.h"

#include "vf-holder.h"

/* More holders than this help nobody; the scan ends there. */
#define VF_HOLDERS_MAX 64

/* Looks through the descriptors and mappings of all processes for @nodes (VfDeviceNode values).
 * Returns VfHolder values in the order of their pids, one for each process and node; the caller
 * owns the array, which frees them. @n_hidden is set to how many processes could not be looked
 * into: unless it is 0, that somebody is not in the list proves nothing. NULL with
 * VF_REASON_INTERNAL when /proc cannot be read. @root is the machine's root. */
GPtrArray *
vf_holders_find (const VfSysfs *root, const GPtrArray *nodes, guint *n_hidden, GError **error);
