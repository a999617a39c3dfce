/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often the host refused to take functions of a GPU back, in one switch: what decides whether
 * it is tried again. */
#pragma once

#include "vf-pci-address.h"

typedef struct {
    VfPciAddress address;
    guint times;
    gboolean reset_failed; /* it is not tried again */
} VfRefusal;

/* What is known of the function at @address; all zero when nothing is. @refusals: VfRefusal values;
 * NULL is none. */
VfRefusal vf_refusal_find (const GArray *refusals, VfPciAddress address);

/* One more refusal. Returns how many there are now. */
guint vf_refusal_add (GArray *refusals, VfPciAddress address);

/* Notes that the function cannot be reset after all. */
void vf_refusal_add_failed_reset (GArray *refusals, VfPciAddress address);
