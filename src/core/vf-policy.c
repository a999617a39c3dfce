/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the defaults of the administrator's policy. */
#include "vf-policy.h"

VfPolicy *
vf_policy_new (void)
{
    VfPolicy *policy = g_new0 (VfPolicy, 1);

    policy->denied = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    policy->step_deadline = 11000;
    policy->hook_deadline = 20000;
    policy->release_deadline = 45000;
    policy->sound_server_grace = 1000;
    policy->n_return_waits = 3;
    policy->return_waits[0] = 0;
    policy->return_waits[1] = 2000;
    policy->return_waits[2] = 8000;
    return policy;
}

void
vf_policy_free (VfPolicy *policy)
{
    if (policy == NULL)
        return;
    g_array_unref (policy->denied);
    g_free (policy);
}

gboolean
vf_policy_denies (const VfPolicy *policy, VfPciAddress address)
{
    for (guint i = 0; i < policy->denied->len; i++) {
        if (vf_pci_address_same_slot (g_array_index (policy->denied, VfPciAddress, i), address))
            return TRUE;
    }
    return FALSE;
}
