/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page about something that is missing: the cause and the next step. */
#pragma once

#include "vfl-condition.h"

#include <adwaita.h>

#define VFU_TYPE_CONDITION_PAGE (vfu_condition_page_get_type ())
G_DECLARE_FINAL_TYPE (VfuConditionPage, vfu_condition_page, VFU, CONDITION_PAGE, GtkWidget)

void vfu_condition_page_show (VfuConditionPage *self, VflCondition *condition);
