/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU as it is shown, wherever the facts come from: the daemon, or this program's own look at the
 * machine. A value with owned strings. */
#pragma once

#include "vfc-json.h"
#include "vfc-table.h"

#include "vf-claim.h"

typedef struct {
    char *address;
    char *kind;
    char *ids;    /* "1234:1111" */
    char *driver; /* or "" */
    char *name;
    int iommu_group; /* or VF_NO_IOMMU_GROUP */
} VfcFunction;

typedef struct {
    char *address; /* of the slot */
    char *name;
    char *state; /* as the bus has it; "unknown" when only the daemon could say */
    gboolean host_display;
    VfClaim *claim;
    GPtrArray *functions; /* VfcFunction pointers */
    GPtrArray *blockers;  /* VfBlocker pointers */
} VfcGpu;

/* Without functions, blockers and claim. */
VfcGpu *vfc_gpu_new (const char *address, const char *name, const char *state);
void vfc_gpu_free (VfcGpu *gpu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcGpu, vfc_gpu_free)

void vfc_gpu_add_function (VfcGpu *gpu, VfcFunction function);

VfcGpu *vfc_gpu_from_client (VfClientGpu *gpu);

/* Whether it is lent to the VM with this UUID. */
gboolean vfc_gpu_is_of_vm (VfClientGpu *gpu, const char *uuid);

/* All GPUs that the daemon has, in order of their addresses; the caller owns the array. */
GPtrArray *vfc_gpu_list_from_client (VfClient *client);

/* "in use by win11": the state and who has it, in words. The caller owns it. */
char *vfc_gpu_describe_state (const VfcGpu *gpu);

/* "gpu": {...} */
void vfc_gpu_add_json (const VfcGpu *gpu, JsonBuilder *builder);

/* The members of that, for the object that is open. */
void vfc_gpu_add_json_members (const VfcGpu *gpu, JsonBuilder *builder);

/* "gpus": [...] */
void vfc_gpu_add_json_list (const GPtrArray *gpus, JsonBuilder *builder);

void vfc_gpu_print_table (const VfcRun *run, const GPtrArray *gpus);
