/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a VM on a GPU: watches QEMU and sees to it that the card goes home when QEMU is gone,
 * and not a moment too early.
 *
 * Law of libvirt 9, measured: between QEMU's death and the hook's "release" libvirt resets every
 * device that is not on vfio-pci. A card that was returned meanwhile shows its driver, and has lost
 * its base addresses. So from "prepare" to "release" the card stays on vfio-pci as long as libvirt
 * lives; only when libvirt is down, or "release" does not come, does the daemon return it itself.
 */
#pragma once

#include <glib.h>

struct _VfdGpu;

typedef struct _VfdRun VfdRun;

VfdRun *vfd_run_new (struct _VfdGpu *gpu);
void vfd_run_free (VfdRun *run);

/* Looks at the GPU's state and begins or ends to watch. Called whenever that state changes. */
void vfd_run_consider (VfdRun *run);

/* Asks who has the GPU open and watches that process. */
void vfd_run_look (VfdRun *run);

/* libvirt is done with the VM's devices: the card goes home as soon as nobody has it open. */
void vfd_run_release (VfdRun *run);

/* The run of a GPU. */
VfdRun *vfd_gpu_run (const struct _VfdGpu *gpu);
