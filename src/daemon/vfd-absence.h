/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A card that leaves its slot while it is away from the host and comes back is another device to
 * the kernel, which has given it to whichever driver takes it: what VirtFlow had written to the old
 * one is gone. So it goes home, and what was noted of it is forgotten. While it is absent nothing
 * is done. */
#pragma once

#include "vfd-gpu.h"

typedef struct _VfdAbsence VfdAbsence;

/* Watches @gpu, which has to outlive it. */
VfdAbsence *vfd_absence_new (VfdGpu *gpu);
void vfd_absence_free (VfdAbsence *absence);
