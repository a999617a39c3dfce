/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What anybody may ask about a GPU and what only the probe can answer: would a switch go well, and
 * who has the GPU open. */
#pragma once

#include "vf-dbus.h"
#include "vfd-gpu.h"

typedef struct _VfdGpuQuestions VfdGpuQuestions;

/* @gpu and @skeleton outlive it. */
VfdGpuQuestions *vfd_gpu_questions_new (VfdGpu *gpu, VfDbusGpu *skeleton);
void vfd_gpu_questions_free (VfdGpuQuestions *questions);

/* Each of these takes the invocation and answers it. */
void vfd_gpu_questions_plan (VfdGpuQuestions *questions,
                             GDBusMethodInvocation *invocation,
                             const char *target_id,
                             GVariant *options);
void vfd_gpu_questions_inspect (VfdGpuQuestions *questions, GDBusMethodInvocation *invocation);

/* NULL, and @target set; or an error, which the caller owns. */
GError *vfd_gpu_questions_read_target (const char *target_id, VfTarget *target);

/* The claim that a GPU has that was lent by hand by the user @uid; the caller owns it. */
VfClaim *vfd_gpu_questions_claim_of (guint32 uid);
