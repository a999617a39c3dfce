/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine's administrator decided. A value with defaults; vfd-config fills it from
 * /etc/virtflow/virtflow.conf. Times are in milliseconds. */
#pragma once

#include "vf-pci-address.h"

/* At most so many more attempts to bring a card home. */
#define VF_POLICY_MAX_WAITS 8

typedef struct {
    GArray *denied;           /* VfPciAddress values of slots that are never lent */
    guint step_deadline;      /* one write to the kernel; after it the GPU is wedged */
    guint hook_deadline;      /* a VM start waits this long for its GPU */
    guint release_deadline;   /* libvirt's release hook after QEMU is gone */
    guint sound_server_grace; /* for a sound server to let go of a card's control node */

    /* Before each further attempt to give a function back to a driver that refused it. */
    guint return_waits[VF_POLICY_MAX_WAITS];
    guint n_return_waits;
} VfPolicy;

VfPolicy *vf_policy_new (void);
void vf_policy_free (VfPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfPolicy, vf_policy_free)

gboolean vf_policy_denies (const VfPolicy *policy, VfPciAddress address);
