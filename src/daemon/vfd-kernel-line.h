/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to virtflow-probe: what the kernel has said about a function. */
#pragma once

#include "vf-pci-address.h"

typedef struct _VfdKernelLine VfdKernelLine;

/* @line is the kernel's own; "" when it said nothing or cannot be heard. */
typedef void (*VfdKernelLineAnswer) (const char *line, gpointer data);

/* Asks about the function at @address and its driver ("" for unknown); of what was said since the
 * monotonic time @since the gravest line is answered, and of several the newest. @answer comes
 * once, never before this returns, and may free the question. @helpers is the folder of the
 * helpers' sockets; @deadline is in milliseconds. */
VfdKernelLine *vfd_kernel_line_ask (const char *helpers,
                                    VfPciAddress address,
                                    const char *driver,
                                    gint64 since,
                                    guint deadline,
                                    VfdKernelLineAnswer answer,
                                    gpointer data);
void vfd_kernel_line_free (VfdKernelLine *question);
