/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings every GPU that was left half-way to one side: at the daemon's start, and when asked. */
#pragma once

#include "vfd-gpu.h"

typedef enum {
    VFD_RECOVERY_AT_START,
    VFD_RECOVERY_ASKED,   /* by a person: one that VirtFlow knows nothing of is told of */
    VFD_RECOVERY_BY_HAND, /* the same without a daemon: nobody else will look after a VM's GPU */
} VfdRecoveryKind;

/* @sentences: one for each GPU that was looked at. @failure: the first one, or NULL. */
typedef void (*VfdRecovered) (GPtrArray *sentences, const GError *failure, gpointer data);

/* Starts; @done (may be NULL) comes when all have ended, perhaps before this returns. A GPU of
 * which there is no record stays where it is; one about which the kernel does not answer is left
 * alone, and what hangs there is reported. */
void vfd_recovery_start (VfdDaemon *daemon, VfdRecoveryKind kind, VfdRecovered done, gpointer data);

/* Brings @gpu, which a person has named, to the host: vfd_gpu_fetch(). */
void vfd_recovery_fetch (VfdGpu *gpu, VfdRecovered done, gpointer data);

/* Answers a call of one of the two Recover methods. */
void vfd_recovery_answer (GDBusMethodInvocation *invocation, const GPtrArray *sentences);

/* To watch a GPU with: brings it to one side when the kernel answered after all. */
void vfd_recovery_attend (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data);
