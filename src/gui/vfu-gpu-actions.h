/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions on the GPU that a window shows: "gpu.give-back" and "gpu.recover". */
#pragma once

#include "vfl-host.h"

#include <adwaita.h>

#define VFU_TYPE_GPU_ACTIONS (vfu_gpu_actions_get_type ())
G_DECLARE_FINAL_TYPE (VfuGpuActions, vfu_gpu_actions, VFU, GPU_ACTIONS, GObject)

/* Puts them into @window, which outlives them. */
VfuGpuActions *vfu_gpu_actions_new (GtkWindow *window, VflHost *host);

/* What they act on; with NULL all are disabled. */
void vfu_gpu_actions_set_gpu (VfuGpuActions *self, VflGpu *gpu);
