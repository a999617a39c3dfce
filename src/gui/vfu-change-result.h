/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last page of a change: what came of it, and the next thing to press. */
#pragma once

#include "vfl-change.h"

#include <adwaita.h>

#define VFU_TYPE_CHANGE_RESULT (vfu_change_result_get_type ())
G_DECLARE_FINAL_TYPE (VfuChangeResult, vfu_change_result, VFU, CHANGE_RESULT, GtkWidget)

void vfu_change_result_show (VfuChangeResult *self, VflChange *change);
