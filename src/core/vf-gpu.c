/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which functions make a GPU, which card it is, and whether the host's picture comes from it.
 */
#include "vf-gpu.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Collects the slot whose first function is at @index; returns the index after it. */
static guint
collect_slot (const VfSnapshot *snapshot, guint index, VfGpu *gpu, gboolean *has_display)
{
    const VfPciFunction *first = vf_snapshot_get (snapshot, index);

    *gpu = (VfGpu){ .address = first->address };
    gpu->address.function = 0;
    *has_display = FALSE;
    for (; index < vf_snapshot_size (snapshot) && gpu->n_functions < VF_GPU_MAX_FUNCTIONS;
         index++) {
        const VfPciFunction *function = vf_snapshot_get (snapshot, index);

        if (!vf_pci_address_same_slot (function->address, first->address))
            break;
        gpu->functions[gpu->n_functions++] = function;
        *has_display |= vf_pci_function_is_display (function);
    }
    return index;
}

GArray *
vf_gpu_list (const VfSnapshot *snapshot)
{
    GArray *gpus = g_array_new (FALSE, FALSE, sizeof (VfGpu));

    for (guint index = 0; index < vf_snapshot_size (snapshot);) {
        VfGpu gpu;
        gboolean has_display;

        index = collect_slot (snapshot, index, &gpu, &has_display);
        if (has_display)
            g_array_append_val (gpus, gpu);
    }
    return gpus;
}

gboolean
vf_gpu_find (const VfSnapshot *snapshot, VfPciAddress address, VfGpu *gpu)
{
    for (guint index = 0; index < vf_snapshot_size (snapshot);) {
        VfGpu slot;
        gboolean has_display;

        index = collect_slot (snapshot, index, &slot, &has_display);
        if (has_display && vf_pci_address_same_slot (slot.address, address)) {
            *gpu = slot;
            return TRUE;
        }
    }
    return FALSE;
}

const VfPciFunction *
vf_gpu_display (const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (vf_pci_function_is_display (gpu->functions[i]))
            return gpu->functions[i];
    }
    g_assert_not_reached ();
}

/* AMD's processors have their graphics behind a bridge, as a card is, and in one slot with what
 * only a processor has: its security processor, its USB. These have the id of AMD as a maker of
 * processors; no function of a card of AMD's has. */
#define VENDOR_AMD_PROCESSORS 0x1022

gboolean
vf_gpu_is_built_in (const VfGpu *gpu)
{
    const char *path = vf_gpu_display (gpu)->path;

    for (guint i = 0; i < gpu->n_functions; i++) {
        if (gpu->functions[i]->vendor == VENDOR_AMD_PROCESSORS)
            return TRUE;
    }
    return path != NULL && strchr (path, '/') == strrchr (path, '/');
}

gboolean
vf_gpu_any_on_vfio (const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (vf_pci_function_on_vfio (gpu->functions[i]))
            return TRUE;
    }
    return FALSE;
}

char *
vf_gpu_identity (const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);

    return g_strdup_printf ("%04x:%04x %04x:%04x %06x %s", display->vendor, display->device,
                            display->subsystem_vendor, display->subsystem_device,
                            display->class_code, display->path != NULL ? display->path : "");
}

static gboolean
shares_group (const VfGpu *gpu, const VfPciFunction *function)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (gpu->functions[i]->iommu_group == function->iommu_group)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
vf_gpu_group_mates (const VfGpu *gpu, const VfSnapshot *snapshot)
{
    GPtrArray *mates = g_ptr_array_new ();

    for (guint index = 0; index < vf_snapshot_size (snapshot); index++) {
        const VfPciFunction *function = vf_snapshot_get (snapshot, index);

        if (function->iommu_group != VF_NO_IOMMU_GROUP && shares_group (gpu, function)
            && !vf_pci_address_same_slot (function->address, gpu->address)
            && !vf_pci_function_is_bridge (function))
            g_ptr_array_add (mates, (gpointer) function);
    }
    return mates;
}

gboolean
vf_gpu_any_named_in (const char *text, const VfSnapshot *snapshot)
{
    g_autoptr (GArray) gpus = vf_gpu_list (snapshot);
    g_autofree char *lower = g_ascii_strdown (text, -1);

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);

        for (guint k = 0; k < gpu->n_functions; k++) {
            const VfPciFunction *function = gpu->functions[k];
            g_autofree char *ids =
                g_strdup_printf ("%04x:%04x", function->vendor, function->device);

            if (function->vendor != VENDOR_AMD_PROCESSORS && strstr (lower, ids) != NULL)
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
anyone_has_boot_display (const VfSnapshot *snapshot)
{
    for (guint index = 0; index < vf_snapshot_size (snapshot); index++) {
        if (vf_snapshot_get (snapshot, index)->boot_display == VF_ANSWER_YES)
            return TRUE;
    }
    return FALSE;
}

char *
vf_gpu_host_display_evidence (const VfGpu *gpu, const VfSnapshot *snapshot)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->boot_display == VF_ANSWER_YES)
            return g_strdup (_ ("the machine booted with its picture on this card (boot_display)"));
        /* boot_display was added to the kernel because boot_vga names the wrong card on some
         * machines; where the kernel has it, it decides. */
        if (function->boot_vga == VF_ANSWER_YES && !anyone_has_boot_display (snapshot))
            return g_strdup (_ ("the machine booted with its picture on this card (boot_vga)"));
        /* Only together: when the last program closes a card (any program, a list of GPUs is
         * enough) the kernel puts its own framebuffer back, and a connector with a monitor on it
         * shows that (drm_lastclose). What a desktop shows there it holds the card for, and holders
         * are asked. */
        if (function->enabled_connector != NULL && function->has_console)
            return g_strdup_printf (_ ("its connector %s shows the console"),
                                    function->enabled_connector);
    }
    return NULL;
}
