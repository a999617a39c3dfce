/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first page of a change: the choices, and what will happen. */
#pragma once

#include "vfl-change.h"

#include <adwaita.h>

#define VFU_TYPE_CHANGE_PLAN (vfu_change_plan_get_type ())
G_DECLARE_FINAL_TYPE (VfuChangePlan, vfu_change_plan, VFU, CHANGE_PLAN, GtkWidget)

/* Once. */
void vfu_change_plan_show (VfuChangePlan *self, VflHost *host, VflChange *change);
