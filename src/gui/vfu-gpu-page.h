/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a GPU: where it is, what it is, what moves along, who has it, why it cannot be
 * passed. */
#pragma once

#include "vfl-daemon.h"

#include <adwaita.h>

#define VFU_TYPE_GPU_PAGE (vfu_gpu_page_get_type ())
G_DECLARE_FINAL_TYPE (VfuGpuPage, vfu_gpu_page, VFU, GPU_PAGE, GtkWidget)

/* Shows @gpu; NULL shows none and looks at none. */
void vfu_gpu_page_show (VfuGpuPage *self, VflDaemon *daemon, VflGpu *gpu);
