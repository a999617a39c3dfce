/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the probe can be asked about the functions of one card. Each answer is floating; NULL with
 * VF_REASON_INTERNAL when it cannot be found out: also when nobody was found who does not let go by
 * himself, and some process could not be looked into. */
#pragma once

#include "vf-sysfs.h"

/* Who has device nodes of @functions (VfPciAddress values) open, or those that their cards share
 * with others and that count (vf_device_nodes_shared), as vf_holders_to_variant(). Fails with
 * VF_REASON_HELD_BY_PROCESS when they are too many to be listed, and all that were listed are sound
 * servers that could be waited for, or services that a lend stops. */
GVariant *vfp_question_holders (const VfSysfs *root, const GArray *functions, GError **error);

/* Who has them open through vfio, in the same form. */
GVariant *vfp_question_vfio_users (const VfSysfs *root, const GArray *functions, GError **error);
