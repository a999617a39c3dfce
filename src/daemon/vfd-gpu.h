/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One GPU as the daemon sees it: its lease, its one running switch and those that wait. It tells
 * its watchers what happens and knows nothing of what they make of it. */
#pragma once

#include "vf-planner.h"
#include "vfd-daemon.h"
#include "vfd-lease.h"

typedef struct _VfdGpu VfdGpu;

typedef enum {
    VFD_GPU_CHANGED,    /* its state, its lease or the snapshot may be another */
    VFD_GPU_BEGAN,      /* a switch of it */
    VFD_GPU_PROGRESSED, /* that switch */
    VFD_GPU_ENDED,      /* that switch, which can still be looked at; its error is told */
    VFD_GPU_UNSTUCK,    /* the kernel answered after all: it is half-way somewhere */
} VfdGpuEvent;

/* @error belongs to VFD_GPU_ENDED, and is NULL when the GPU is where it should be. */
typedef void (*VfdGpuWatcher) (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data);

/* Reads the GPU's journal. One that cannot be read is an error: a GPU of which nobody knows what
 * was done to it is left alone. */
VfdGpu *vfd_gpu_new (VfdDaemon *daemon, VfPciAddress address, GError **error);
/* Throws the journal away, whatever it is: it is as if VirtFlow had never touched the GPU. */
VfdGpu *vfd_gpu_new_unrecorded (VfdDaemon *daemon, VfPciAddress address);
void vfd_gpu_free (VfdGpu *gpu);

/* Tells @watcher of every event from here on. */
void vfd_gpu_watch (VfdGpu *gpu, VfdGpuWatcher watcher, gpointer data);

/* The GPU that has the function at @address; NULL when there is none. */
VfdGpu *vfd_gpu_find (const VfdDaemon *daemon, VfPciAddress address);

VfdDaemon *vfd_gpu_daemon (const VfdGpu *gpu);
VfPciAddress vfd_gpu_address (const VfdGpu *gpu);
const VfdLease *vfd_gpu_lease (const VfdGpu *gpu);

/* @error is NULL when the GPU is where it should be. */
typedef void (*VfdGpuDone) (VfdGpu *gpu, const GError *error, gpointer data);

/* Switches when every switch before it has ended; @done (may be NULL) comes once, never before this
 * returns. @claimant (copied; may be NULL for recovery) is who asks. A GPU does not go to the host
 * while libvirt lives and has not ended the run of its VM: VF_REASON_VM_RUNNING. */
void vfd_gpu_switch (
    VfdGpu *gpu, VfTarget target, const VfClaim *claimant, VfdGpuDone done, gpointer data);

/* The same to the host, for nobody who waits: on failure VfdRun and recovery try again. */
void vfd_gpu_send_home (VfdGpu *gpu);

/* Brings it to the host because a person has named it: without a record of where it belongs as
 * well, by what the kernel knows of it. Else as vfd_gpu_switch() for recovery. */
void vfd_gpu_fetch (VfdGpu *gpu, VfdGpuDone done, gpointer data);

/* A lend that @caller, a bus name, may cancel; else as vfd_gpu_switch(). */
void vfd_gpu_lend (
    VfdGpu *gpu, const VfClaim *claimant, const char *caller, VfdGpuDone done, gpointer data);

/* Ends the lend of @caller before its next step and undoes it; it fails with VF_REASON_CANCELLED
 * then. VF_REASON_NOTHING_TO_CANCEL, VF_REASON_NOT_CANCELLABLE, and VF_REASON_NOT_AUTHORIZED for
 * that of another caller. */
gboolean vfd_gpu_cancel (VfdGpu *gpu, const char *caller, GError **error);

gboolean vfd_gpu_is_switching (const VfdGpu *gpu);

/* Returns it though libvirt did not end the run, and forgets that, unless somebody has it open. */
void vfd_gpu_abandon_run (VfdGpu *gpu, VfdGpuDone done, gpointer data);

/* Notes, on disk, that libvirt has begun a run of the VM @uuid with this GPU. */
gboolean vfd_gpu_begin_run (VfdGpu *gpu, const char *uuid, GError **error);

/* Notes, on disk, that libvirt has let go of it, and that it is to go home if @homeward. */
void vfd_gpu_end_run (VfdGpu *gpu, gboolean homeward);

/* Notes, on disk, that its run has begun: when nobody has it open from then on, it is over. */
void vfd_gpu_see_run (VfdGpu *gpu);

/* Says whether a QEMU has the GPU open; part of its state. */
void vfd_gpu_set_in_use (VfdGpu *gpu, gboolean in_use);

/* When another daemon has begun a switch of it and did not end it: lets no switch begin before it
 * is known whether a helper is still at work on it, and then takes it for wedged. */
void vfd_gpu_suspect (VfdGpu *gpu);

/* Of one that is wedged: calls @done as soon as it is known whether the kernel still does not
 * answer, perhaps before this returns. If it does, VFD_GPU_UNSTUCK was told before. */
void vfd_gpu_examine (VfdGpu *gpu, void (*done) (gpointer data), gpointer data);

/* Whether every function is on vfio-pci and VirtFlow did it. */
gboolean vfd_gpu_is_lent (const VfdGpu *gpu);

/* Whether its functions disagree or a switch of it was not finished. */
gboolean vfd_gpu_is_mixed (const VfdGpu *gpu);

/* Whether the kernel did not answer, and has not since. */
gboolean vfd_gpu_is_wedged (const VfdGpu *gpu);
/* VF_REASON_WEDGED of one that is: what hangs, as far as it is known, and what to do. The caller
 * owns it. */
GError *vfd_gpu_wedged_error (const VfdGpu *gpu);

/* "host", "lending", "lent", "in-use", "returning", "mixed", "wedged" or "foreign". */
const char *vfd_gpu_state_id (const VfdGpu *gpu);

/* NULL when none runs. */
const struct _VfdSwitch *vfd_gpu_running (const VfdGpu *gpu);

/* What a switch would do now in the name of @claimant (NULL: nobody's), as vf_planner_plan(): NULL
 * and @blockers, or a plan. @holders may be NULL. */
VfPlan *vfd_gpu_plan (const VfdGpu *gpu,
                      VfTarget target,
                      const VfClaim *claimant,
                      const GPtrArray *holders,
                      GPtrArray **blockers);

/* The addresses of its functions as they are now, as VfPciAddress values; the caller owns it. */
GArray *vfd_gpu_functions (const VfdGpu *gpu);

/* Tells the watchers that the machine was looked at anew. */
void vfd_gpu_publish (VfdGpu *gpu);
