/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which GPU a person means: by address, by a part of its model's name, or the only one that fits.
 */
#pragma once

#include "vfc-gpu.h"

/* Whether a GPU fits what is asked for when none is named. */
typedef gboolean (*VfcGpuFits) (const VfcGpu *gpu);

/* A GPU that could be lent as it stands. */
gboolean vfc_gpu_fits_lending (const VfcGpu *gpu);

/* A GPU that is away from the host because of VirtFlow. */
gboolean vfc_gpu_fits_return (const VfcGpu *gpu);

/* Of the daemon's GPUs the one that @name means; NULL means the only one that @fits. The caller
 * owns the reference. VF_REASON_NO_SUCH_GPU, VF_REASON_INVALID_ADDRESS; VF_REASON_AMBIGUOUS_GPU
 * names the candidates. When no GPU fits, the error gives the reasons of those that there are. */
VfClientGpu *vfc_gpu_choose (VfClient *client, const char *name, VfcGpuFits fits, GError **error);
