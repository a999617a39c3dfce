/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor has to know of the services that run, and of what they let this user do. A
 * value with owned parts, filled by its maker. */
#pragma once

#include "vf-holder.h"
#include "vf-pci-address.h"

/* A process that has a device of a GPU open. */
typedef struct {
    VfPciAddress gpu; /* of the slot */
    VfHolder *holder;
} VfGpuHolder;

/* A GPU that is neither with the host nor with a VM, and stays so by itself. */
typedef struct {
    VfPciAddress gpu; /* of the slot */
    gboolean hangs;   /* a driver of it, in the kernel; else it is half-way */
} VfStuckGpu;

typedef struct {
    char *daemon_error;     /* why it does not answer; NULL when it does */
    gboolean hook_called;   /* by libvirt, since the daemon began */
    GPtrArray *notices;     /* VfBlocker: what it wants somebody to put right */
    GArray *stuck;          /* VfStuckGpu */
    GArray *holders;        /* VfGpuHolder, in order of their GPUs */
    gboolean holders_known; /* whether all GPUs could be looked at */
    char *libvirt_error;    /* why it does not answer this user; NULL when it does */
} VfServiceFacts;

VfServiceFacts *vf_service_facts_new (void);
void vf_service_facts_free (VfServiceFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfServiceFacts, vf_service_facts_free)

/* Takes @holder. */
void vf_service_facts_add_holder (VfServiceFacts *facts, VfPciAddress gpu, VfHolder *holder);
