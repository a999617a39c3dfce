/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine at one moment: every PCI function, and what the host can do. Immutable and counted.
 * A maker fills it with vf_snapshot_add() before the first vf_snapshot_seal(); nobody after it. */
#pragma once

#include "vf-pci-function.h"

typedef struct _VfSnapshot VfSnapshot;

typedef enum {
    VF_VFIO_MISSING,  /* the kernel has no vfio-pci at all */
    VF_VFIO_LOADABLE, /* it is a module that is not loaded */
    VF_VFIO_READY,
} VfVfioSupport;

/* An empty snapshot; the caller owns it. */
VfSnapshot *vf_snapshot_new (void);
void vf_snapshot_unref (VfSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSnapshot, vf_snapshot_unref)

/* Copies @text into the snapshot, which frees it; NULL gives NULL. Equal texts share one copy. */
const char *vf_snapshot_text (VfSnapshot *snapshot, const char *text);

/* Copies @function, whose strings come from vf_snapshot_text() or live for ever. */
void vf_snapshot_add (VfSnapshot *snapshot, const VfPciFunction *function);
void vf_snapshot_set_vfio (VfSnapshot *snapshot, VfVfioSupport support);
/* Notes that the kernel has the PCI driver @name at this moment. */
void vf_snapshot_add_driver (VfSnapshot *snapshot, const char *name);

/* Sorts by address. From here on the snapshot does not change. */
void vf_snapshot_seal (VfSnapshot *snapshot);

guint vf_snapshot_size (const VfSnapshot *snapshot);
const VfPciFunction *vf_snapshot_get (const VfSnapshot *snapshot, guint index);
VfVfioSupport vf_snapshot_vfio (const VfSnapshot *snapshot);
gboolean vf_snapshot_has_driver (const VfSnapshot *snapshot, const char *name);
/* Whether any function is in an IOMMU group: without an IOMMU none is. */
gboolean vf_snapshot_has_iommu (const VfSnapshot *snapshot);
