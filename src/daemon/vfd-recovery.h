/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings every GPU that was left half-way to one side: at the daemon's start, and when asked. */
#pragma once

#include "vfd-gpu.h"

/* @sentences: one for each GPU that was looked at. */
typedef void (*VfdRecovered) (GPtrArray *sentences, gpointer data);

/* Starts; @done (may be NULL) comes when all have ended, perhaps before this returns. A GPU about
 * which the kernel does not answer is left alone, and what hangs there is reported. */
void vfd_recovery_start (VfdDaemon *daemon, VfdRecovered done, gpointer data);

/* To watch a GPU with: brings it to one side when the kernel answered after all. */
void vfd_recovery_attend (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data);
