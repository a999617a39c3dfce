/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of PCI resources and of /proc/iomem. */
#include "vf-apertures.h"

#include <stdio.h>
#include <string.h>

#define IOMEM_MAX (1024 * 1024)

/* The first six lines of "resource" are the base address registers (drivers/pci/pci-sysfs.c). */
#define N_REGISTERS 6

typedef struct {
    guint64 start, end; /* both belong to it */
} Range;

/* The framebuffer that the firmware left, as the kernel calls it: efifb, simplefb, or nobody's yet.
 */
static gboolean
is_firmware_framebuffer (const char *name)
{
    static const char *const names[] = { "BOOTFB",    "efifb",
                                         "simplefb",  "simple-framebuffer",
                                         "simpledrm", "efi-framebuffer" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        if (g_str_has_prefix (name, names[i]))
            return TRUE;
    }
    return FALSE;
}

/* The kernel shows zeros to all but root. UNKNOWN when it did, or cannot be read. */
static VfAnswer
find_framebuffer (const char *iomem, Range *range)
{
    g_auto (GStrv) lines = NULL;
    gboolean known = FALSE;

    if (iomem == NULL)
        return VF_ANSWER_UNKNOWN;
    lines = g_strsplit (iomem, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *name = strstr (lines[i], " : ");

        if (name == NULL
            || sscanf (lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x", &range->start,
                       &range->end)
                   != 2)
            continue;
        known = known || range->end != 0;
        if (is_firmware_framebuffer (name + strlen (" : ")))
            return known && range->end != 0 ? VF_ANSWER_YES : VF_ANSWER_UNKNOWN;
    }
    return known ? VF_ANSWER_NO : VF_ANSWER_UNKNOWN;
}

static void
read_registers (const VfSysfs *root, VfAperture *aperture, VfAnswer found, const Range *framebuffer)
{
    VfPciAddressText address = vf_pci_address_format (aperture->address);
    g_autofree char *path =
        g_build_filename ("sys/bus/pci/devices", address.text, "resource", NULL);
    char text[VF_SYSFS_TEXT_MAX];
    g_auto (GStrv) lines = NULL;

    aperture->has_firmware_framebuffer = found == VF_ANSWER_YES ? VF_ANSWER_NO : found;
    if (vf_sysfs_read (root, path, text, sizeof text) != 0)
        return;
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; i < N_REGISTERS && lines[i] != NULL; i++) {
        Range range;

        if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x", &range.start,
                    &range.end)
                != 2
            || range.end <= range.start)
            continue;
        aperture->largest = MAX (aperture->largest, range.end - range.start + 1);
        if (found == VF_ANSWER_YES && framebuffer->start >= range.start
            && framebuffer->start <= range.end)
            aperture->has_firmware_framebuffer = VF_ANSWER_YES;
    }
}

void
vf_apertures_read (const VfSysfs *root, const VfSnapshot *machine, VfHostFacts *facts)
{
    g_autofree char *iomem = NULL;
    Range framebuffer = { 0 };
    VfAnswer found;

    (void) vf_sysfs_read_file (root, "proc/iomem", IOMEM_MAX, &iomem, NULL);
    found = find_framebuffer (iomem, &framebuffer);
    for (guint i = 0; i < vf_snapshot_size (machine); i++) {
        const VfPciFunction *function = vf_snapshot_get (machine, i);
        VfAperture aperture = { .address = function->address };

        if (!vf_pci_function_is_display (function))
            continue;
        read_registers (root, &aperture, found, &framebuffer);
        g_array_append_val (facts->apertures, aperture);
    }
}
