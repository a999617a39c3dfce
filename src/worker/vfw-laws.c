/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the laws of the worker. Reads only; believes nothing but sysfs. */
#include "vfw-laws.h"

#include "vf-error.h"
#include "vf-gpu.h"
#include "vf-snapshot-reader.h"
#include "vf-text.h"

static gboolean
check_identity (const VfSysfs *function, const VfStep *step, GError **error)
{
    guint64 vendor = 0, device = 0;

    if (vf_sysfs_read_number (function, "vendor", &vendor) == 0
        && vf_sysfs_read_number (function, "device", &device) == 0
        && (vendor << 16 | device) == step->ids)
        return TRUE;
    vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                  "At %s is %04x:%04x now, and %04x:%04x was meant. Nothing was written to it.",
                  vf_pci_address_format (step->address).text, (guint) vendor, (guint) device,
                  step->ids >> 16, step->ids & 0xffff);
    return FALSE;
}

static gboolean
is_display (const VfSysfs *function)
{
    VfPciFunction value = { 0 };
    guint64 class_code;

    if (vf_sysfs_read_number (function, "class", &class_code) != 0)
        return FALSE;
    value.class_code = (guint32) class_code;
    return vf_pci_function_is_display (&value);
}

static gboolean
check_slot (const VfSysfs *root, const VfSysfs *function, const VfStep *step, GError **error)
{
    VfPciAddress other = step->address;

    if (is_display (function))
        return TRUE;
    for (other.function = 0; other.function < VF_GPU_MAX_FUNCTIONS; other.function++) {
        g_autoptr (VfSysfs) folder = NULL;

        if (vf_sysfs_open_function (root, other, &folder) == 0 && is_display (folder))
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

/* An administrator may have given the function to a driver by an override (driverctl does). That
 * driver could not be bound again without it, so such a function is not taken. */
static gboolean
check_reservation (const VfSysfs *function, const VfStep *step, GError **error)
{
    g_autofree char *shown = NULL;
    char now[VF_SYSFS_NAME_MAX];

    if (step->kind != VF_STEP_OVERRIDE || !is_vfio (step->value)
        || vf_sysfs_read (function, "driver_override", now, sizeof now) != 0 || *now == '\0'
        || g_str_equal (now, "(null)") || is_vfio (now))
        return TRUE;
    shown = vf_text_escape (now);
    vf_error_set (error, VF_REASON_FOREIGN_DRIVER,
                  "%s is reserved for the driver %s by its driver_override, which VirtFlow did not "
                  "write. Take that away ('driverctl unset-override %s' if driverctl did it), then "
                  "try again.",
                  vf_pci_address_format (step->address).text, shown,
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

/* A reset is for a function that nobody works with. */
static gboolean
check_reset (const VfSysfs *function, const VfStep *step, GError **error)
{
    VfPciAddressText address = vf_pci_address_format (step->address);
    char methods[VF_SYSFS_NAME_MAX];

    if (step->kind != VF_STEP_RESET)
        return TRUE;
    if (vf_sysfs_exists (function, "driver")) {
        vf_error_set (error, VF_REASON_STEP_REJECTED,
                      "%s is not reset: a driver has it. Nothing was written.", address.text);
        return FALSE;
    }
    if (vf_sysfs_read (function, "reset_method", methods, sizeof methods) == 0 && *methods != '\0')
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "The kernel has no way to reset %s alone. Nothing was written.", address.text);
    return FALSE;
}

/* Without this, drivers_probe would be another way to vfio-pci. */
static gboolean
check_probe (const VfSysfs *function, const VfStep *step, GError **error)
{
    char now[VF_SYSFS_NAME_MAX];

    if (step->kind != VF_STEP_PROBE_DRIVER
        || vf_sysfs_read (function, "driver_override", now, sizeof now) != 0 || !is_vfio (now))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "%s is reserved for vfio-pci, so the kernel cannot find its own driver for it. "
                  "Nothing was written.",
                  vf_pci_address_format (step->address).text);
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
    return step->kind == VF_STEP_FENCE || step->kind == VF_STEP_RESET;
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

static gboolean
still_holds (const VfwVerdict *verdict, const VfStep *step)
{
    return verdict != NULL && verdict->judged != 0
           && vf_pci_address_same_slot (verdict->slot, step->address)
           && g_get_monotonic_time () - verdict->judged < G_USEC_PER_SEC;
}

/* Group, devices and display are asked only of what is about to be taken: a card on its way home
 * passes, and most steps of a return cost a few reads. */
static gboolean
check_taking (const VfSysfs *root, const VfStep *step, VfwVerdict *verdict, GError **error)
{
    g_autoptr (VfSnapshot) around = NULL;
    VfGpu gpu;

    if (!takes_from_host (step) || still_holds (verdict, step))
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
    if (!check_group (around, &gpu, error) || !check_carried (&gpu, error)
        || !check_display (around, &gpu, error))
        return FALSE;
    if (verdict != NULL)
        *verdict = (VfwVerdict){ gpu.address, g_get_monotonic_time () };
    return TRUE;
}

VfSysfs *
vfw_laws_open (const VfSysfs *root, const VfStep *step, VfwVerdict *verdict, GError **error)
{
    g_autoptr (VfSysfs) function = NULL;

    if (vf_sysfs_open_function (root, step->address, &function) != 0) {
        vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                      "There is no function at %s any more. Nothing was written to it.",
                      vf_pci_address_format (step->address).text);
        return NULL;
    }
    if (check_identity (function, step, error) && check_slot (root, function, step, error)
        && check_override (step, error) && check_reservation (function, step, error)
        && check_reset (function, step, error) && check_probe (function, step, error)
        && check_taking (root, step, verdict, error))
        return g_steal_pointer (&function);
    return NULL;
}
