/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of the sidebar: one GPU, as its item has it. */
#pragma once

#include "vfl-gpu.h"

#include <adwaita.h>

#define VFU_TYPE_GPU_ROW (vfu_gpu_row_get_type ())
G_DECLARE_FINAL_TYPE (VfuGpuRow, vfu_gpu_row, VFU, GPU_ROW, GtkListBoxRow)

GtkWidget *vfu_gpu_row_new (VflGpu *gpu);
