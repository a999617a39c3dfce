/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries out one step: look, write, look again. */
#pragma once

#include "vf-step.h"
#include "vf-sysfs.h"
#include "vfw-kernel.h"
#include "vfw-laws.h"

/* Carries out @step on the machine that @root shows and @kernel writes. The laws of vfw-laws.h are
 * asked first, with @verdict as there. A step whose goal is reached already writes nothing and
 * succeeds. Returns the answer of the step, "" for most kinds, which the caller owns. Returns NULL
 * with the reason of the law that was broken; VF_REASON_STEP_REJECTED when the kernel refused;
 * VF_REASON_WRONG_DRIVER when another driver is bound than the step assumes or asks for;
 * VF_REASON_REGISTERS_LOST; VF_REASON_INTERNAL for a step that is not the worker's. */
char *vfw_executor_run (const VfSysfs *root,
                        VfwKernel *kernel,
                        const VfStep *step,
                        VfwVerdict *verdict,
                        GError **error);
