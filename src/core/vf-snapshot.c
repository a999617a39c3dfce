/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the functions of one moment and their strings. */
#include "vf-snapshot.h"

struct _VfSnapshot {
    GArray *functions;  /* VfPciFunction */
    GPtrArray *drivers; /* names, which are among the texts */
    GStringChunk *texts;
    VfVfioSupport vfio;
    gboolean has_iommu;
    gboolean sealed;
};

VfSnapshot *
vf_snapshot_new (void)
{
    VfSnapshot *snapshot = g_atomic_rc_box_new0 (VfSnapshot);

    snapshot->functions = g_array_new (FALSE, FALSE, sizeof (VfPciFunction));
    snapshot->drivers = g_ptr_array_new ();
    snapshot->texts = g_string_chunk_new (4096);
    return snapshot;
}

static void
clear (gpointer data)
{
    VfSnapshot *snapshot = data;

    g_array_unref (snapshot->functions);
    g_ptr_array_unref (snapshot->drivers);
    g_string_chunk_free (snapshot->texts);
}

void
vf_snapshot_unref (VfSnapshot *snapshot)
{
    g_atomic_rc_box_release_full (snapshot, clear);
}

const char *
vf_snapshot_text (VfSnapshot *snapshot, const char *text)
{
    g_return_val_if_fail (!snapshot->sealed, NULL);
    return text == NULL ? NULL : g_string_chunk_insert_const (snapshot->texts, text);
}

void
vf_snapshot_add (VfSnapshot *snapshot, const VfPciFunction *function)
{
    g_return_if_fail (!snapshot->sealed);
    g_array_append_vals (snapshot->functions, function, 1);
    snapshot->has_iommu |= function->iommu_group != VF_NO_IOMMU_GROUP;
}

void
vf_snapshot_set_vfio (VfSnapshot *snapshot, VfVfioSupport support)
{
    g_return_if_fail (!snapshot->sealed);
    snapshot->vfio = support;
}

void
vf_snapshot_add_driver (VfSnapshot *snapshot, const char *name)
{
    g_return_if_fail (!snapshot->sealed);
    g_ptr_array_add (snapshot->drivers, (gpointer) vf_snapshot_text (snapshot, name));
}

static int
compare (gconstpointer a, gconstpointer b)
{
    const VfPciFunction *first = a;
    const VfPciFunction *second = b;

    return vf_pci_address_compare (first->address, second->address);
}

void
vf_snapshot_seal (VfSnapshot *snapshot)
{
    g_array_sort (snapshot->functions, compare);
    snapshot->sealed = TRUE;
}

guint
vf_snapshot_size (const VfSnapshot *snapshot)
{
    return snapshot->functions->len;
}

const VfPciFunction *
vf_snapshot_get (const VfSnapshot *snapshot, guint index)
{
    return &g_array_index (snapshot->functions, VfPciFunction, index);
}

VfVfioSupport
vf_snapshot_vfio (const VfSnapshot *snapshot)
{
    return snapshot->vfio;
}

gboolean
vf_snapshot_has_driver (const VfSnapshot *snapshot, const char *name)
{
    return g_ptr_array_find_with_equal_func (snapshot->drivers, name, g_str_equal, NULL);
}

gboolean
vf_snapshot_has_iommu (const VfSnapshot *snapshot)
{
    return snapshot->has_iommu;
}
