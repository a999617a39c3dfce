/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One GPU as the daemon sees it: its lease, its one running switch and those that wait, and what
 * the bus is told about it. */
#pragma once

#include "vf-claim.h"
#include "vf-plan.h"
#include "vfd-daemon.h"
#include "vfd-lease.h"

typedef struct _VfdGpu VfdGpu;

/* Reads the GPU's journal and exports its object. A journal that cannot be read is an error: a GPU
 * of which nobody knows what was done to it is left alone. */
VfdGpu *vfd_gpu_new (VfdDaemon *daemon, VfPciAddress address, GError **error);
void vfd_gpu_free (VfdGpu *gpu);

/* The GPU that has the function at @address; NULL when there is none. */
VfdGpu *vfd_gpu_find (const VfdDaemon *daemon, VfPciAddress address);

VfdDaemon *vfd_gpu_daemon (const VfdGpu *gpu);
VfPciAddress vfd_gpu_address (const VfdGpu *gpu);
const VfdLease *vfd_gpu_lease (const VfdGpu *gpu);

/* @error is NULL when the GPU is where it should be. */
typedef void (*VfdGpuDone) (VfdGpu *gpu, const GError *error, gpointer data);

/* Switches when every switch before it has ended; @done (may be NULL) comes once, never before this
 * returns. @claimant (copied; may be NULL for recovery) is who asks. */
void vfd_gpu_switch (
    VfdGpu *gpu, VfTarget target, const VfClaim *claimant, VfdGpuDone done, gpointer data);
gboolean vfd_gpu_is_switching (const VfdGpu *gpu);

/* Notes, on disk, that libvirt has begun a run of the VM @uuid with this GPU, or that it has let go
 * of it (NULL). */
gboolean vfd_gpu_set_run (VfdGpu *gpu, const char *uuid, GError **error);

/* Whether every function is on vfio-pci and VirtFlow did it. */
gboolean vfd_gpu_is_lent (const VfdGpu *gpu);

/* Whether its functions disagree or a switch of it was not finished. */
gboolean vfd_gpu_is_mixed (const VfdGpu *gpu);

/* Whether the kernel did not answer, and has not since. */
gboolean vfd_gpu_is_wedged (const VfdGpu *gpu);

/* Says whether a QEMU has the GPU open; part of its state. */
void vfd_gpu_set_in_use (VfdGpu *gpu, gboolean in_use);

/* The addresses of its functions as they are now, as VfPciAddress values; the caller owns it. */
GArray *vfd_gpu_functions (const VfdGpu *gpu);

/* Compares the object's properties with lease and snapshot; tells the bus what changed. */
void vfd_gpu_publish (VfdGpu *gpu);
