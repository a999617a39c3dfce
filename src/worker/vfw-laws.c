/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the laws of the worker. Reads only; believes nothing but sysfs. */
#include "vfw-laws.h"

#include "vf-error.h"
#include "vf-gpu.h"
#include "vf-module-alias.h"
#include "vf-snapshot-reader.h"
#include "vf-text.h"

static gboolean
check_presence (const VfSnapshot *around, const VfStep *step, GError **error)
{
    if (vf_snapshot_find (around, step->address) != NULL)
        return TRUE;
    vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                  "There is no function at %s any more. Nothing was written to it.",
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

static gboolean
check_identity (const VfSnapshot *around, const VfStep *step, GError **error)
{
    const VfPciFunction *function = vf_snapshot_find (around, step->address);

    if (vf_pci_function_ids (function) == step->ids)
        return TRUE;
    vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                  "At %s is %04x:%04x now, and %04x:%04x was meant. Nothing was written to it.",
                  vf_pci_address_format (step->address).text, function->vendor, function->device,
                  step->ids >> 16, step->ids & 0xffff);
    return FALSE;
}

static gboolean
find_gpu (const VfSnapshot *around, const VfStep *step, VfGpu *gpu, GError **error)
{
    if (vf_gpu_find (around, step->address, gpu))
        return TRUE;
    vf_error_set (error, VF_REASON_NOT_A_GPU,
                  "%s is no display function and sits in no slot with one, so VirtFlow leaves it "
                  "alone.",
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

/* The driver that the step gives the function to; NULL when it does not name one. */
static const char *
driver_to_come (const VfStep *step)
{
    gboolean names_one =
        step->kind == VF_STEP_BIND || (step->kind == VF_STEP_OVERRIDE && *step->value != '\0');

    return names_one ? step->value : NULL;
}

static gboolean
check_driver (const VfSysfs *root, const VfSnapshot *around, const VfStep *step, GError **error)
{
    const VfPciFunction *function = vf_snapshot_find (around, step->address);
    const char *driver = driver_to_come (step);

    if (driver == NULL || g_str_equal (driver, VF_VFIO_DRIVER)
        || (function->modalias != NULL
            && vf_module_alias_allows (root, function->modalias, driver)))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "%s is not a driver for %s: the modules of this kernel do not say so. Nothing "
                  "was written.",
                  driver, vf_pci_address_format (step->address).text);
    return FALSE;
}

/* Whether the step takes the function, or what programs have of it, from the host. */
static gboolean
takes_from_host (const VfStep *step)
{
    const char *driver = driver_to_come (step);

    if (step->kind == VF_STEP_UNBIND)
        return !g_str_equal (step->value, VF_VFIO_DRIVER);
    return step->kind == VF_STEP_FENCE || (driver != NULL && g_str_equal (driver, VF_VFIO_DRIVER));
}

static gboolean
check_group (const VfSnapshot *around, const VfGpu *gpu, GError **error)
{
    g_autoptr (GPtrArray) mates = vf_gpu_group_mates (gpu, around);
    g_autofree char *sentence = NULL;

    for (guint i = 0; i < gpu->n_functions; i++) {
        if (gpu->functions[i]->iommu_group == VF_NO_IOMMU_GROUP) {
            sentence = vf_text_no_iommu (gpu->address);
            vf_error_set (error, VF_REASON_NO_IOMMU, "%s", sentence);
            return FALSE;
        }
    }
    if (mates->len == 0)
        return TRUE;
    sentence = vf_text_foreign_group_member (gpu->address, g_ptr_array_index (mates, 0));
    vf_error_set (error, VF_REASON_FOREIGN_GROUP_MEMBER, "%s", sentence);
    return FALSE;
}

static gboolean
check_display (const VfSnapshot *around, const VfGpu *gpu, GError **error)
{
    g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, around);
    g_autofree char *sentence = NULL;

    if (evidence == NULL)
        return TRUE;
    sentence = vf_text_host_display (gpu->address, evidence);
    vf_error_set (error, VF_REASON_HOST_DISPLAY, "%s", sentence);
    return FALSE;
}

gboolean
vfw_laws_allow (const VfSysfs *root, const VfStep *step, GError **error)
{
    g_autoptr (VfSnapshot) around = vf_snapshot_reader_read_around (root, step->address, error);
    VfGpu gpu;

    if (around == NULL || !check_presence (around, step, error)
        || !find_gpu (around, step, &gpu, error) || !check_identity (around, step, error)
        || !check_driver (root, around, step, error))
        return FALSE;
    return !takes_from_host (step)
           || (check_group (around, &gpu, error) && check_display (around, &gpu, error));
}
