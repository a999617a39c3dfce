/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a change that runs: what is being done, and the steps of the GPU with their times. */
#pragma once

#include "vfl-change.h"

#include <adwaita.h>

#define VFU_TYPE_CHANGE_PROGRESS (vfu_change_progress_get_type ())
G_DECLARE_FINAL_TYPE (VfuChangeProgress, vfu_change_progress, VFU, CHANGE_PROGRESS, GtkWidget)

/* Once. */
void vfu_change_progress_show (VfuChangeProgress *self, VflChange *change);
