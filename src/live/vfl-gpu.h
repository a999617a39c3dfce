/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU of this host as the daemon shows it, with the switch that runs on it. */
#pragma once

#include "vf-claim.h"
#include "vf-client.h"
#include "vfl-steps.h"

#define VFL_TYPE_GPU (vfl_gpu_get_type ())
G_DECLARE_FINAL_TYPE (VflGpu, vfl_gpu, VFL, GPU, GObject)

/* Properties: "name", "address", "words" (where it is, for a person), "icon-name", "switching".
 * Emits "changed" when anything of it did; "ended" (gboolean came_home, const char *failure) when a
 * switch that this object saw ended: @failure is the sentence, or NULL. */
VflGpu *vfl_gpu_new (VfClientGpu *proxy);

VfClientGpu *vfl_gpu_proxy (VflGpu *self);
const char *vfl_gpu_address (VflGpu *self);
const char *vfl_gpu_name (VflGpu *self);

/* "host", "lending", ... as the bus has it. */
const char *vfl_gpu_state (VflGpu *self);
gboolean vfl_gpu_is_home (VflGpu *self);
gboolean vfl_gpu_is_switching (VflGpu *self);
gboolean vfl_gpu_needs_recovery (VflGpu *self);

/* Whether it is lent, to whomever, and no VM runs with it. */
gboolean vfl_gpu_can_return (VflGpu *self);
gboolean vfl_gpu_is_host_display (VflGpu *self);

/* Who has it; never NULL. The caller owns it. */
VfClaim *vfl_gpu_claim (VflGpu *self);
gboolean vfl_gpu_is_of_vm (VflGpu *self, const char *uuid);

/* Belongs to the GPU. */
VflSteps *vfl_gpu_steps (VflGpu *self);

/* VfBlocker pointers: why it cannot be lent as it stands. The caller owns the array. */
GPtrArray *vfl_gpu_blockers (VflGpu *self);

/* One function of the card. The texts belong to the GPU's proxy until it changes. */
typedef struct {
    const char *address;
    const char *kind;
    const char *ids;
    const char *driver; /* or "" */
    const char *name;
    int iommu_group; /* or VF_NO_IOMMU_GROUP */
} VflFunction;

guint vfl_gpu_n_functions (VflGpu *self);
VflFunction vfl_gpu_function (VflGpu *self, guint index);
