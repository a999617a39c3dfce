/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what the GPUs show of their memory. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>

/* NULL where nothing is known of it. */
static const VfAperture *
find_aperture (const VfCheck *check, const VfGpu *gpu)
{
    const GArray *apertures = check->facts->host->apertures;

    for (guint i = 0; i < apertures->len; i++) {
        const VfAperture *aperture = &g_array_index (apertures, VfAperture, i);

        if (vf_pci_address_equal (aperture->address, vf_gpu_display (gpu)->address))
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

static void
judge_framebuffer (const VfCheck *check, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);
    const VfAperture *aperture = find_aperture (check, gpu);
    VfAnswer framebuffer =
        aperture != NULL ? aperture->has_firmware_framebuffer : VF_ANSWER_UNKNOWN;
    VfPciAddressText address = vf_pci_address_format (display->address);

    if (display->class_code >> 8 != CLASS_VGA)
        return;
    if (framebuffer == VF_ANSWER_YES)
        vf_check_tell (check, VF_VERDICT_FAILED, address.text,
                       _ ("vfio-pci then reports 'can't reserve' for it. Choose the other GPU as "
                          "the primary display in the firmware, and restart the host."),
                       _ ("The picture that the firmware left lies in %s, and the kernel keeps "
                          "that memory for it."),
                       address.text);
    else if (framebuffer == VF_ANSWER_NO || is_driven (display))
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                       _ ("The firmware has left no picture in %s."), address.text);
    else
        vf_check_tell (
            check, VF_VERDICT_UNKNOWN, address.text, _ ("Call 'sudo virtflow doctor' to know."),
            _ ("Whether the firmware has left a picture in %s only root can see."), address.text);
}

void
vf_check_framebuffer (const VfCheck *check)
{
    vf_check_each_spare (check, judge_framebuffer);
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

static void
judge_bar (const VfCheck *check, const VfGpu *gpu)
{
    const VfAperture *aperture = find_aperture (check, gpu);
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    g_autofree char *size = NULL;

    if (aperture == NULL || aperture->largest == 0) {
        vf_check_tell (check, VF_VERDICT_UNKNOWN, address.text, NULL,
                       _ ("How much of its memory %s shows at once is not known."), address.text);
        return;
    }
    size = format_size (aperture->largest);
    /* What has no picture to show may have had a large one ever since. */
    if (aperture->largest > OLD_WINDOW && vf_gpu_display (gpu)->class_code >> 8 == CLASS_VGA)
        vf_check_tell (check, VF_VERDICT_OK, address.text,
                       _ ("If a guest's driver does not start, switch resizable BAR off in the "
                          "firmware and try again."),
                       _ ("%s shows %s of its memory at once (resizable BAR)."), address.text,
                       size);
    else
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                       _ ("%s shows %s of its memory at once."), address.text, size);
}

void
vf_check_bar (const VfCheck *check)
{
    vf_check_each_spare (check, judge_bar);
}
