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

static VfRefusal *
find_or_add (GArray *refusals, VfPciAddress address)
{
    VfRefusal first = { .address = address };

    if (find (refusals, address) == NULL)
        g_array_append_val (refusals, first);
    return find (refusals, address);
}

VfRefusal
vf_refusal_find (const GArray *refusals, VfPciAddress address)
{
    const VfRefusal *refusal = find (refusals, address);

    return refusal != NULL ? *refusal : (VfRefusal){ .address = address };
}

guint
vf_refusal_add (GArray *refusals, VfPciAddress address)
{
    return ++find_or_add (refusals, address)->times;
}

void
vf_refusal_add_failed_reset (GArray *refusals, VfPciAddress address)
{
    find_or_add (refusals, address)->reset_failed = TRUE;
}
