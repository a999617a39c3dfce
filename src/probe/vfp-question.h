/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the probe can be asked about the functions of one card. Each answer is floating; NULL with
 * VF_REASON_INTERNAL when it cannot be found out. */
#pragma once

#include "vf-sysfs.h"

/* A visit: all that is asked on one connection. */
typedef struct {
    const VfSysfs *root;
    GPtrArray *nodes; /* VfDeviceNode, that holders were asked of last; NULL before that */
} VfpVisit;

void vfp_visit_clear (VfpVisit *visit);

/* Who has device nodes of @functions (VfPciAddress values) open, or those that their cards share
 * with others and that count (vf_device_nodes_shared), as vf_holders_to_variant(). Fails with
 * VF_REASON_HELD_BY_PROCESS when they are too many to be listed, and all that were listed are sound
 * servers that could be waited for, or services that a lend stops. */
GVariant *vfp_question_holders (VfpVisit *visit, const GArray *functions, GError **error);

/* Who has them open through vfio, in the same form. */
GVariant *vfp_question_vfio_users (VfpVisit *visit, const GArray *functions, GError **error);

/* Who of all processes that can be looked into has the nodes open that one of the two questions
 * above found in this visit, in the same form; nobody if none was asked. It does not look at the
 * card, which may not answer, and has taken its nodes away perhaps. */
GVariant *vfp_question_still_held (VfpVisit *visit, const GArray *functions, GError **error);

/* Which workers carry out a step for the card, as vf_worker_processes_to_variant(). Does not look
 * at the card. */
GVariant *vfp_question_stuck (VfpVisit *visit, const GArray *functions, GError **error);

/* Which VMs libvirt has with the card and is not done with: their names ("as"). Does not look at
 * the card. */
GVariant *vfp_question_domains (VfpVisit *visit, const GArray *functions, GError **error);
