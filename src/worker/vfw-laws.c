/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the laws of the worker. Reads only; believes nothing but sysfs. */
#include "vfw-laws.h"

#include "vf-error.h"
#include "vf-gpu.h"
#include "vf-snapshot-reader.h"
#include "vf-text.h"

#define PATH_MAX_HERE 128

static gboolean
read_number (const VfSysfs *root, VfPciAddress address, const char *attribute, guint64 *number)
{
    char path[PATH_MAX_HERE];

    g_snprintf (path, sizeof path, "sys/bus/pci/devices/%s/%s",
                vf_pci_address_format (address).text, attribute);
    return vf_sysfs_read_number (root, path, number) == 0;
}

static gboolean
check_identity (const VfSysfs *root, const VfStep *step, GError **error)
{
    VfPciAddressText address = vf_pci_address_format (step->address);
    guint64 vendor, device;

    if (!read_number (root, step->address, "vendor", &vendor)
        || !read_number (root, step->address, "device", &device)) {
        vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                      "There is no function at %s any more. Nothing was written to it.",
                      address.text);
        return FALSE;
    }
    if ((vendor << 16 | device) == step->ids)
        return TRUE;
    vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                  "At %s is %04x:%04x now, and %04x:%04x was meant. Nothing was written to it.",
                  address.text, (guint) vendor, (guint) device, step->ids >> 16,
                  step->ids & 0xffff);
    return FALSE;
}

static gboolean
check_slot (const VfSysfs *root, const VfStep *step, GError **error)
{
    VfPciFunction function = { .address = step->address };
    guint64 class_code;

    for (guint8 number = 0; number < VF_GPU_MAX_FUNCTIONS; number++) {
        function.address.function = number;
        if (!read_number (root, function.address, "class", &class_code))
            continue;
        function.class_code = (guint32) class_code;
        if (vf_pci_function_is_display (&function))
            return TRUE;
    }
    vf_error_set (error, VF_REASON_NOT_A_GPU,
                  "%s is no display function and sits in no slot with one, so VirtFlow leaves it "
                  "alone.",
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

static gboolean
is_vfio (const char *driver)
{
    return g_str_equal (driver, VF_VFIO_DRIVER);
}

/* A driver that driver_override names gets the function whatever its table of ids says
 * (pci_match_device in drivers/pci/pci-driver.c). vfio-pci has no other way; every other driver is
 * bound without one, so that the kernel itself sees to it that it is made for the function. */
static gboolean
check_override (const VfStep *step, GError **error)
{
    if (step->kind != VF_STEP_OVERRIDE || *step->value == '\0' || is_vfio (step->value))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "%s is not reserved for %s: that is done for vfio-pci and no other driver. "
                  "Nothing was written.",
                  vf_pci_address_format (step->address).text, step->value);
    return FALSE;
}

/* Whether the step takes the function, or what programs have of it, from the host. */
static gboolean
takes_from_host (const VfStep *step)
{
    if (step->kind == VF_STEP_UNBIND)
        return !is_vfio (step->value);
    if (step->kind == VF_STEP_OVERRIDE || step->kind == VF_STEP_BIND)
        return is_vfio (step->value);
    return step->kind == VF_STEP_FENCE;
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
check_carried (const VfGpu *gpu, GError **error)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        g_autofree char *sentence = NULL;

        if (gpu->functions[i]->carries == NULL)
            continue;
        sentence = vf_text_carries_device (gpu->address, gpu->functions[i]);
        vf_error_set (error, VF_REASON_CARRIES_DEVICE, "%s", sentence);
        return FALSE;
    }
    return TRUE;
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

/* Group, devices and display are asked only of what is about to be taken: a card on its way home
 * passes, and most steps of a return cost a few reads. */
static gboolean
check_taking (const VfSysfs *root, const VfStep *step, GError **error)
{
    g_autoptr (VfSnapshot) around = NULL;
    VfGpu gpu;

    if (!takes_from_host (step))
        return TRUE;
    around = vf_snapshot_reader_read_around (root, step->address, error);
    if (around == NULL)
        return FALSE;
    if (!vf_gpu_find (around, step->address, &gpu)) {
        vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                      "%s vanished while it was looked at. Nothing was written to it.",
                      vf_pci_address_format (step->address).text);
        return FALSE;
    }
    return check_group (around, &gpu, error) && check_carried (&gpu, error)
           && check_display (around, &gpu, error);
}

gboolean
vfw_laws_allow (const VfSysfs *root, const VfStep *step, GError **error)
{
    return check_identity (root, step, error) && check_slot (root, step, error)
           && check_override (step, error) && check_taking (root, step, error);
}
