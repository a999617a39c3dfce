/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a VM on a GPU: watches QEMU and sees to it that the card goes home when QEMU is gone,
 * and not a moment too early.
 *
 * Law of libvirt 9, measured: between QEMU's death and the hook's "release" libvirt resets every
 * device that is not on vfio-pci. A card that was returned meanwhile shows its driver, and has lost
 * its base addresses. So from "prepare" to "release" the card stays on vfio-pci as long as libvirt
 * lives. libvirt need not call the hook: it is done with the card as well when none of its status
 * files names it (vf-libvirt-traces.h), and by these a run is noticed that nobody announced. Only
 * when libvirt is down, or it cannot be told and "release" does not come, is the card returned
 * without.
 */
#pragma once

#include "vfd-gpu.h"

#include <sys/types.h>

typedef struct _VfdRun VfdRun;

/* Watches @gpu, which outlives it. */
VfdRun *vfd_run_new (VfdGpu *gpu);
void vfd_run_free (VfdRun *run);

/* The one of @gpu; never NULL. */
VfdRun *vfd_run_find (const VfdDaemon *daemon, const VfdGpu *gpu);

/* The run of the VM @uuid; NULL when there is none. */
VfdRun *vfd_run_find_vm (const VfdDaemon *daemon, const char *uuid);

VfdGpu *vfd_run_gpu (const VfdRun *run);

/* libvirt may start the VM @uuid with the GPU now: noted on disk. @starter is the process of the
 * libvirt daemon that asked (vfd_libvirt_pulse_owner()): when it is gone before QEMU is there, the
 * VM does not start. */
gboolean vfd_run_begin (VfdRun *run, const char *uuid, pid_t starter, GError **error);

/* Asks who has the GPU open and watches that process. */
void vfd_run_look (VfdRun *run);

/* A VM came or went that libvirt runs, any VM. */
void vfd_run_hear_of_domains (VfdRun *run);

/* libvirt is done with the VM's devices. The card goes home, unless somebody else has it by now. */
void vfd_run_release (VfdRun *run);
