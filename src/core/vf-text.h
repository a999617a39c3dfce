/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences for people, shared by every program: what, why, what to do. Functions return new
 * strings that the caller owns. */
#pragma once

#include "vf-gpu.h"
#include "vf-holder.h"
#include "vf-claim.h"
#include "vf-plan.h"

/* "unbind 0000:01:00.1 from snd_hda_intel": a step in words, without a final stop. */
char *vf_text_step (const VfStep *step);

/* Refusals. */
char *vf_text_no_iommu (VfPciAddress gpu);
char *vf_text_host_without_iommu (void);
char *vf_text_no_vfio (void);
char *vf_text_host_display (VfPciAddress gpu, const char *evidence);
char *vf_text_foreign_group_member (VfPciAddress gpu, const VfPciFunction *mate);
char *vf_text_carries_device (VfPciAddress gpu, const VfPciFunction *function);
char *vf_text_foreign_driver (const VfPciFunction *function);
char *vf_text_denied (VfPciAddress gpu);
char *vf_text_claimed (VfPciAddress gpu, const VfClaim *claim);
char *vf_text_held (VfPciAddress gpu, const VfHolder *holder);
char *vf_text_vm_running (VfPciAddress gpu, const VfHolder *holder);

/* The kernel has not answered about @gpu: @step (NULL when it is not known) is what hangs, @details
 * what else was found out, a line each, or "". Several lines. */
char *vf_text_wedged (VfPciAddress gpu, const VfStep *step, const char *details);
/* Details for that: who holds what hangs; where the worker @pid stands in the kernel, @place and
 * its
 * @callers, "" for what is not known. */
char *vf_text_hanging_holder (const VfHolder *holder);
char *vf_text_hanging_worker (guint32 pid, const char *place, const char *callers);
char *vf_text_identity_changed (VfPciAddress gpu, const char *was, const char *is);
char *vf_text_no_such_gpu (const char *name);
char *vf_text_state_unknown (VfPciAddress gpu);

/* What a whole host lacks, or does not do. */
char *vf_text_libvirt_silent (void);
char *vf_text_daemon_silent (void);
/* libvirt, whose unit is @unit, has started the VM @vm without a call of the hook. */
char *vf_text_hook_not_called (const char *vm, const char *unit);
char *vf_text_too_few_gpus (guint n_gpus);
char *vf_text_no_machines (void);

/* Where the picture of a VM without a virtual display is; @gpu, the name of its GPU, may be NULL.
 */
char *vf_text_no_display (const char *machine, const char *gpu);

/* Of a lend that was cancelled: where the GPU is then adds who knows it. And of a request that was
 * cancelled before anything was done. */
char *vf_text_cancelled (VfPciAddress gpu);
char *vf_text_cancelled_unbegun (void);

/* Where a GPU is: "in use by win11", "on the host, shows its picture". @state is the State property
 * of the D-Bus interface; one that nobody knows comes back as it is. @claim may be NULL. */
char *vf_text_gpu_state (const char *state, const VfClaim *claim, gboolean host_display);

/* @text with every control character and invalid byte escaped, fit for a terminal or a log. */
char *vf_text_escape (const char *text);
