/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a GPU's switch as they happen, on standard error: the running one is shown on a
 * terminal, and each that ended gets a line with its time. */
#pragma once

#include "vfc-run.h"

typedef struct _VfcProgress VfcProgress;

/* Follows @gpu while the default main context runs. */
VfcProgress *vfc_progress_new (VfClientGpu *gpu);

void vfc_progress_free (VfcProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcProgress, vfc_progress_free)
