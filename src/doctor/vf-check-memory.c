/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what the GPUs show of their memory. */
#include "vf-check.h"

#include "vf-gpu.h"

#include <glib/gi18n-lib.h>

static const VfAperture *
find (const VfHostFacts *host, VfPciAddress address)
{
    for (guint i = 0; i < host->apertures->len; i++) {
        const VfAperture *aperture = &g_array_index (host->apertures, VfAperture, i);

        if (vf_pci_address_equal (aperture->address, address))
            return aperture;
    }
    return NULL;
}

/* The firmware draws on nothing else. */
#define CLASS_VGA 0x0300

/* A driver of the host that draws has made the firmware's picture go first
 * (aperture_remove_conflicting_pci_devices); NVIDIA's own may not have. */
static gboolean
is_driven (const VfPciFunction *display)
{
    return display->driver != NULL && !vf_pci_function_on_vfio (display)
           && !g_str_equal (display->driver, VF_NVIDIA_DRIVER);
}

static VfFinding *
judge_framebuffer (const char *id, const VfPciFunction *display, const VfAperture *aperture)
{
    VfPciAddressText address = vf_pci_address_format (display->address);

    if (aperture->has_firmware_framebuffer == VF_ANSWER_YES)
        return vf_finding_new (
            id, VF_VERDICT_FAILED, address.text,
            g_strdup_printf (
                _ ("The picture that the firmware left lies in %s, and the kernel keeps "
                   "that memory for it."),
                address.text),
            g_strdup (
                _ ("vfio-pci then reports 'can't reserve' for it. Choose the other GPU as the "
                   "primary display in the firmware, and restart the host.")));
    if (aperture->has_firmware_framebuffer == VF_ANSWER_NO || is_driven (display))
        return vf_finding_new (
            id, VF_VERDICT_OK, address.text,
            g_strdup_printf (_ ("The firmware has left no picture in %s."), address.text), NULL);
    return vf_finding_new (
        id, VF_VERDICT_UNKNOWN, address.text,
        g_strdup_printf (_ ("Whether the firmware has left a picture in %s only root can see."),
                         address.text),
        g_strdup (_ ("Call 'sudo virtflow doctor' to know.")));
}

void
vf_check_framebuffer (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);

    for (guint i = 0; i < gpus->len && gpus->len > 1; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        const VfPciFunction *display = vf_gpu_display (gpu);
        const VfAperture *aperture = find (facts->host, display->address);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, facts->machine);

        if (evidence == NULL && aperture != NULL && display->class_code >> 8 == CLASS_VGA)
            g_ptr_array_add (findings, judge_framebuffer (id, display, aperture));
    }
}

#define MEBIBYTE ((guint64) 1024 * 1024)
#define GIBIBYTE (1024 * MEBIBYTE)
#define OLD_WINDOW (256 * MEBIBYTE) /* what cards show without resizable BAR */

static char *
format_size (guint64 bytes)
{
    return bytes >= GIBIBYTE ? g_strdup_printf ("%" G_GUINT64_FORMAT " GiB", bytes / GIBIBYTE)
                             : g_strdup_printf ("%" G_GUINT64_FORMAT " MiB", bytes / MEBIBYTE);
}

void
vf_check_bar (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);

    for (guint i = 0; i < gpus->len && gpus->len > 1; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        VfPciAddressText address = vf_pci_address_format (gpu->address);
        const VfAperture *aperture = find (facts->host, vf_gpu_display (gpu)->address);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, facts->machine);
        g_autofree char *size = NULL;

        if (evidence != NULL || aperture == NULL || aperture->largest == 0)
            continue;
        size = format_size (aperture->largest);
        g_ptr_array_add (
            findings,
            vf_finding_new (
                id, VF_VERDICT_OK, address.text,
                aperture->largest > OLD_WINDOW
                    ? g_strdup_printf (_ ("%s shows %s of its memory at once (resizable BAR)."),
                                       address.text, size)
                    : g_strdup_printf (_ ("%s shows %s of its memory at once."), address.text,
                                       size),
                aperture->largest > OLD_WINDOW ? g_strdup (
                    _ ("If a guest's driver does not start, switch resizable BAR off in "
                       "the firmware and try again."))
                                               : NULL));
    }
}
