/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU: all functions of a slot that has a display function. They are handed over together. */
#pragma once

#include "vf-snapshot.h"

#define VF_GPU_MAX_FUNCTIONS 8

typedef struct {
    VfPciAddress address; /* of the slot: its function number is 0 */
    guint n_functions;
    const VfPciFunction *functions[VF_GPU_MAX_FUNCTIONS]; /* ascending; belong to the snapshot */
} VfGpu;

/* The GPUs of @snapshot in order of their addresses, as VfGpu values; valid as long as the
 * snapshot is. Takes time linear in the number of functions. */
GArray *vf_gpu_list (const VfSnapshot *snapshot);

/* The GPU that the function at @address belongs to. FALSE, and @gpu untouched, when that is none.
 */
gboolean vf_gpu_find (const VfSnapshot *snapshot, VfPciAddress address, VfGpu *gpu);

/* The display function (the first one); never NULL. */
const VfPciFunction *vf_gpu_display (const VfGpu *gpu);

/* Whether it is part of the processor or the chipset, not a card. */
gboolean vf_gpu_is_built_in (const VfGpu *gpu);

/* Whether a function of it is on vfio-pci. */
gboolean vf_gpu_any_on_vfio (const VfGpu *gpu);

/* Which card this is, whenever it is asked again: ids, subsystem ids and class of the display
 * function, and the slot's path. A bus that was renumbered, or another card in the slot, gives
 * another text. (Not the companions: a quirk of the kernel switches some on and off.) The caller
 * owns it. */
char *vf_gpu_identity (const VfGpu *gpu);

/* The functions that share an IOMMU group with @gpu, sit in another slot and are not bridges, as
 * VfPciFunction pointers that belong to the snapshot. */
GPtrArray *vf_gpu_group_mates (const VfGpu *gpu, const VfSnapshot *snapshot);

/* Whether @text ("options vfio-pci ids=10de:1e84,10de:10f8") has the ids of a function of a GPU.
 * What AMD's processors have beside their graphics in one slot, USB for instance, is none. */
gboolean vf_gpu_any_named_in (const char *text, const VfSnapshot *snapshot);

/* Why the host's picture comes from this GPU, as the end of "it is the host's display: ..."; NULL
 * when it does not. A monitor that is merely plugged in is no reason; one that a desktop drives is,
 * but only the holders of the card tell that. The caller owns it. */
char *vf_gpu_host_display_evidence (const VfGpu *gpu, const VfSnapshot *snapshot);
