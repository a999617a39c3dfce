/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often the host refused to take functions of a GPU back, in one switch: what decides whether
 * it is tried again. */
#pragma once

#include "vf-pci-address.h"

typedef struct {
    VfPciAddress address;
    guint times;
} VfRefusal;

/* @refusals: VfRefusal values; NULL is none. */
guint vf_refusal_count (const GArray *refusals, VfPciAddress address);

/* One more. Returns how many there are now. */
guint vf_refusal_add (GArray *refusals, VfPciAddress address);
