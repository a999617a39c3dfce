/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU's switch by hand, and the plan of one in words: what lend and return share. */
#pragma once

#include "vfc-json.h"

#include "vf-plan.h"

/* Switches @gpu, shows the steps on standard error and answers with the GPU as it then is. */
gboolean vfc_switch_run (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error);

/* The same without an answer. */
gboolean vfc_switch_do (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error);

/* Answers with what that would do. FALSE with the reasons when it would be refused; with --json
 * they are part of the answer as well. */
gboolean vfc_switch_plan (VfcRun *run, VfClientGpu *gpu, VfTarget target, GError **error);

/* The plan as "plan" of the object that is open; NULL gives null. */
void vfc_switch_add_plan_json (const VfPlan *plan, JsonBuilder *builder);

/* The plan in words, a line for each step, on standard output. */
void vfc_switch_print_plan (const VfPlan *plan);
