/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to GPUs and pairings, in the system's log: each lend and return with its time, how
 * it was asked for and how it ended. */
#pragma once

#include "vf-log.h"
#include "vfd-gpu.h"

typedef struct _VfdChronicle VfdChronicle;

/* From here on of @gpu; must not outlive it. */
VfdChronicle *vfd_chronicle_new (VfdGpu *gpu);
void vfd_chronicle_free (VfdChronicle *chronicle);

/* Something about a GPU that is claimed by a VM, or not: the format is a sentence without a full
 * stop. */
void vfd_chronicle_tell (const VfdGpu *gpu,
                         GLogLevelFlags level,
                         const char *event,
                         const char *format,
                         ...) G_GNUC_PRINTF (4, 5);

/* Why a GPU goes back, before it does: @why is translated, a clause without a full stop. */
void vfd_chronicle_tell_return (const VfdGpu *gpu, const char *why);

/* That the VM with that name and UUID was paired with a GPU, or is no longer. */
void
vfd_chronicle_tell_pairing (VfPciAddress gpu, const char *name, const char *uuid, gboolean made);
