/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process of virtflow-worker as others see it: which card it works on, and where in the kernel
 * it stands. Found without a look at the card, which may not answer. */
#pragma once

#include "vf-sysfs.h"

/* What such a process calls itself while it carries out a step, "vf0000:01:00.0". The kernel keeps
 * no more than 15 characters: of a PCI domain with more than five digits the end is cut off. */
typedef struct {
    char text[16];
} VfWorkerName;

VfWorkerName vf_worker_process_name (VfPciAddress address);

typedef struct {
    guint32 pid;
    char *place; /* the kernel's function that it waits in, or "" when the kernel does not tell */
    char *stack; /* the functions that called it, "a, b, c"; or "" */
} VfWorkerProcess;

void vf_worker_process_free (VfWorkerProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfWorkerProcess, vf_worker_process_free)

/* Those that carry out a step for the card in the slot of @address now; the caller owns the array,
 * which frees its values. Only root's own programs are believed. NULL with VF_REASON_INTERNAL when
 * /proc cannot be read. @root is the machine's root. */
GPtrArray *vf_worker_process_find (const VfSysfs *root, VfPciAddress address, GError **error);

/* The fields in their order. */
#define VF_WORKER_PROCESS_VARIANT_TYPE "(uss)"

/* An array of them for an array of VfWorkerProcess pointers. Floating. */
GVariant *vf_worker_processes_to_variant (const GPtrArray *processes);
/* Back from there; the caller owns the array, which frees its values. */
GPtrArray *vf_worker_processes_from_variant (GVariant *variant);
