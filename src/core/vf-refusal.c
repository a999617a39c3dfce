/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the count of refusals. */
#include "vf-refusal.h"

static VfRefusal *
find (const GArray *refusals, VfPciAddress address)
{
    for (guint i = 0; refusals != NULL && i < refusals->len; i++) {
        VfRefusal *refusal = &g_array_index (refusals, VfRefusal, i);

        if (vf_pci_address_equal (refusal->address, address))
            return refusal;
    }
    return NULL;
}

guint
vf_refusal_count (const GArray *refusals, VfPciAddress address)
{
    const VfRefusal *refusal = find (refusals, address);

    return refusal != NULL ? refusal->times : 0;
}

guint
vf_refusal_add (GArray *refusals, VfPciAddress address)
{
    VfRefusal *refusal = find (refusals, address);

    if (refusal == NULL) {
        VfRefusal first = { address, 1 };

        g_array_append_val (refusals, first);
        return 1;
    }
    return ++refusal->times;
}
