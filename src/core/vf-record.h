/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the host had a GPU before VirtFlow touched it: what a return restores. */
#pragma once

#include "vf-gpu.h"

typedef struct {
    VfPciAddress address;
    guint32 ids;          /* 0xvvvvdddd */
    char *driver;         /* the host driver; "" when none was bound */
    char *power_control;  /* "" when the kernel has none */
    char *d3cold_allowed; /* "" when the kernel has none */
    char *registers;      /* what the worker's "note registers" step answered; "" before it */
    char *fence;          /* what the worker's "note nodes" step answered; "" before it */
} VfFunctionRecord;

typedef struct {
    char *identity; /* vf_gpu_identity() */
    char *services; /* what the step "note services" answered; "" before it, or when none ran */
    char *modules;  /* the same of "note modules" */
    VfPciAddress address;
    guint n_functions;
    VfFunctionRecord functions[VF_GPU_MAX_FUNCTIONS];
} VfRecord;

/* A record of @gpu as it stands; registers and fence are still empty. The caller owns it. */
VfRecord *vf_record_new (const VfGpu *gpu);
void vf_record_free (VfRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfRecord, vf_record_free)

/* Notes the functions of @gpu that appeared since (a quirk of the kernel switches the sound of some
 * cards on late), as they stand: to be called whenever a plan for @gpu is about to begin. One that
 * is on vfio-pci and not recorded is left out: nobody knows where it belongs. */
void vf_record_add_missing (VfRecord *record, const VfGpu *gpu);

/* NULL when @address is not recorded. */
const VfFunctionRecord *vf_record_find (const VfRecord *record, VfPciAddress address);

/* Whether the record is one of the card @gpu, not only of its slot. */
gboolean vf_record_is_of (const VfRecord *record, const VfGpu *gpu);

/* Whether the function has the driver that it had. One that is not recorded was not there when
 * VirtFlow touched the GPU, and is at home where it is, unless that is vfio-pci. @record may be
 * NULL: none is recorded. */
gboolean vf_record_is_at_home (const VfRecord *record, const VfPciFunction *function);

/* Notes what a step answered. No-ops for an address that is not recorded. */
void vf_record_set_registers (VfRecord *record, VfPciAddress address, const char *registers);
void vf_record_set_fence (VfRecord *record, VfPciAddress address, const char *fence);

/* The same of the card as a whole. */
void vf_record_set_services (VfRecord *record, const char *services);
void vf_record_set_modules (VfRecord *record, const char *modules);

#define VF_RECORD_VARIANT_TYPE "(ssa(susssss)ss)"
/* As the first version had it, without services and modules. */
#define VF_RECORD_VARIANT_TYPE_1 "(ssa(susssss))"
/* Type VF_RECORD_VARIANT_TYPE. Floating. */
GVariant *vf_record_to_variant (const VfRecord *record);
/* Of either version; NULL for a variant of another form. */
VfRecord *vf_record_from_variant (GVariant *variant);
