/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which steps bring a GPU to where it may go. Whether it may is the planner's. */
#pragma once

#include "vf-planner.h"

/* From the host to vfio-pci. The caller owns the plan, which is empty when there is nothing to do.
 */
VfPlan *vf_way_to_vfio (const VfFacts *facts, const VfGpu *gpu);

/* To where the record says that each function belongs. What a lend takes is recorded before
 * (vf_record_add_missing), so it was another program that put a function without a record on
 * vfio-pci: it is taken off it, like the rest of its card, and bound to nothing; only the kernel
 * knows its driver, and binds it when that is loaded or at the next start. */
VfPlan *vf_way_to_host (const VfFacts *facts, const VfGpu *gpu);

/* Without a record: to where the kernel's own tables say. Of what an interrupted lend may have left
 * on a function that never left its driver, only the attributes and nodes tell, and to find nothing
 * there costs little. */
VfPlan *vf_way_to_host_by_alias (const VfFacts *facts, const VfGpu *gpu);

/* Whether no further attempt is made to give the function at @address back to its driver. */
gboolean vf_way_gives_up (const VfFacts *facts, VfPciAddress address);
