/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the GPUs: which one the host needs, and whether the others can go. */
#include "vf-check.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
vf_check_gpus (const VfCheck *check)
{
    g_autoptr (GArray) gpus = vf_gpu_list (check->facts->machine);
    g_autofree char *advice = vf_text_too_few_gpus (gpus->len);

    if (gpus->len == 0)
        vf_check_tell (check, VF_VERDICT_FAILED, "", advice, _ ("This host has no GPU."));
    else if (gpus->len == 1)
        vf_check_tell (check, VF_VERDICT_FAILED, "", advice, _ ("This host has one GPU."));
    else
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("This host has %u GPUs."), gpus->len);
}

static gboolean
any_is_built_in (const GArray *gpus)
{
    for (guint i = 0; i < gpus->len; i++) {
        if (vf_gpu_is_built_in (&g_array_index (gpus, VfGpu, i)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_monitor (const VfGpu *gpu, gboolean plugged)
{
    const char *monitor = vf_gpu_display (gpu)->monitor;

    return monitor != NULL && (*monitor != '\0') == plugged;
}

/* Of a headless host nobody looks at a picture. */
static gboolean
lacks_its_monitor (const VfGpu *gpu, const GArray *gpus)
{
    gboolean elsewhere = FALSE;

    for (guint i = 0; i < gpus->len; i++)
        elsewhere = elsewhere || has_monitor (&g_array_index (gpus, VfGpu, i), TRUE);
    return has_monitor (gpu, FALSE) && elsewhere;
}

/* What there is to do about @gpu as the host's display; NULL for nothing. */
static const char *
advice_for_display (const VfGpu *gpu, const GArray *gpus)
{
    if (!vf_gpu_is_built_in (gpu) && any_is_built_in (gpus))
        return _ ("To lend this card instead of the built-in graphics, plug a monitor into the "
                  "mainboard, choose the built-in graphics as the primary display in the "
                  "firmware, and restart the host.");
    if (lacks_its_monitor (gpu, gpus))
        return _ ("Plug a monitor into it: the one that there is hangs on another card, and while "
                  "that is lent the host has no picture.");
    return NULL;
}

static gboolean
is_asked_about (const VfCheck *check, const VfGpu *gpu)
{
    return check->facts->gpu != NULL && vf_pci_address_same_slot (*check->facts->gpu, gpu->address);
}

/* For the host as a whole it is right that one GPU shows its picture. Who asks about that GPU wants
 * to lend it, and is refused. */
static void
tell_display (const VfCheck *check, const VfGpu *gpu, const GArray *gpus, const char *evidence)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    const char *advice = advice_for_display (gpu, gpus);
    VfVerdict verdict = advice != NULL ? VF_VERDICT_WARNING : VF_VERDICT_OK;

    if (is_asked_about (check, gpu)) {
        verdict = VF_VERDICT_FAILED;
        if (vf_gpu_is_built_in (gpu) || !any_is_built_in (gpus))
            advice = gpus->len > 1
                         ? _ ("It is not lent, or the screen would go dark. Lend another GPU; or "
                              "plug the monitor into that one, choose it as the primary display "
                              "in the firmware, and restart the host.")
                         : _ ("It is not lent, or the screen would go dark.");
    }
    vf_check_tell (check, verdict, address.text, advice, _ ("%s is the host's display: %s."),
                   address.text, evidence);
}

void
vf_check_display (const VfCheck *check)
{
    g_autoptr (GArray) gpus = vf_gpu_list (check->facts->machine);
    guint before = check->findings->len;

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, check->facts->machine);

        if (evidence != NULL)
            tell_display (check, gpu, gpus, evidence);
    }
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Which GPU shows the host's picture is not known."));
    else if (check->findings->len - before == gpus->len && gpus->len > 1)
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("Switch off the monitor of the one that VMs should have, in the settings "
                          "of the desktop."),
                       _ ("Every GPU shows a picture of the host."));
}

static void
judge_group (const VfCheck *check, const VfGpu *gpu)
{
    g_autoptr (GPtrArray) mates = vf_gpu_group_mates (gpu, check->facts->machine);
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    g_autoptr (GString) names = g_string_new ("");

    if (vf_gpu_display (gpu)->iommu_group == VF_NO_IOMMU_GROUP)
        return; /* the host has no IOMMU, which is said once */
    for (guint i = 0; i < mates->len; i++) {
        const VfPciFunction *mate = mates->pdata[i];

        g_string_append_printf (names, "%s%s (%s)", i > 0 ? ", " : "",
                                vf_pci_address_format (mate->address).text,
                                vf_pci_function_device (mate));
    }
    if (mates->len == 0)
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                       _ ("%s shares its IOMMU group with nothing else."), address.text);
    else
        vf_check_tell (check, VF_VERDICT_FAILED, address.text,
                       _ ("Put the card or the other device into another slot, best one that the "
                          "processor drives itself; look for ACS in the firmware, and for its "
                          "updates."),
                       _ ("%s shares its IOMMU group with %s."), address.text, names->str);
}

void
vf_check_group (const VfCheck *check)
{
    vf_check_each_spare (check, judge_group);
}

static void
judge_carried (const VfCheck *check, const VfGpu *gpu)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    const char *carried = NULL;

    for (guint i = 0; i < gpu->n_functions && carried == NULL; i++)
        carried = gpu->functions[i]->carries;
    if (carried == NULL)
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                       _ ("%s takes nothing along that the host has on it."), address.text);
    else
        vf_check_tell (check, VF_VERDICT_FAILED, address.text,
                       _ ("Plug that into another port, not into the card's own."),
                       _ ("%s would take along what the host has on it: %s."), address.text,
                       carried);
}

void
vf_check_carried (const VfCheck *check)
{
    vf_check_each_spare (check, judge_carried);
}

#define VENDOR_AMD 0x1002

/* The first and the last id of AMD's chips that no reset of the bus wakes well
 * (https://github.com/gnif/vendor-reset, src/device-db.h): Polaris, Vega 10 and 20, Navi 1x. Of the
 * functions of a slot the kernel offers that reset for the first one always, since it looks when
 * nothing else is known of that bus (pci_device_add). */
static const struct {
    guint16 first, last;
} badly_reset[] = {
    { 0x67c0, 0x67ff }, { 0x6fdf, 0x6fdf }, { 0x6860, 0x687f }, { 0x6980, 0x699f },
    { 0x66a0, 0x66af }, { 0x7310, 0x731f }, { 0x7340, 0x734f }, { 0x7360, 0x7362 },
};

static gboolean
comes_back_badly (const VfPciFunction *display)
{
    if (display->vendor != VENDOR_AMD || g_strcmp0 (display->reset_methods, "bus") != 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (badly_reset); i++) {
        if (display->device >= badly_reset[i].first && display->device <= badly_reset[i].last)
            return TRUE;
    }
    return FALSE;
}

static void
judge_reset (const VfCheck *check, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (comes_back_badly (display))
        vf_check_tell (
            check, VF_VERDICT_WARNING, address.text,
            _ ("After its first VM it may be in a state that no driver can handle, until "
               "the host is restarted: try it before you rely on it. The module "
               "vendor-reset is made for it."),
            _ ("The kernel can reset %s by its bus only, and AMD's cards of that age often "
               "do not come back from that."),
            address.text);
    else if (display->reset_methods != NULL)
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL, _ ("%s can be reset: %s."),
                       address.text, display->reset_methods);
    else
        vf_check_tell (
            check, VF_VERDICT_WARNING, address.text,
            display->vendor == VENDOR_AMD
                ? _ ("After its first VM it may be in a state that no driver can handle, until "
                     "the host is restarted: try it before you rely on it. For AMD's cards up "
                     "to Navi 1x there is the module vendor-reset.")
                : _ ("After its first VM it may be in a state that no driver can handle, until "
                     "the host is restarted: try it before you rely on it."),
            _ ("The kernel has no way to reset %s."), address.text);
}

void
vf_check_reset (const VfCheck *check)
{
    vf_check_each_spare (check, judge_reset);
}

#define CLASS_3D 0x0302

static void
judge_monitor (const VfCheck *check, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (display->class_code >> 8 == CLASS_3D)
        vf_check_tell (check, VF_VERDICT_OK, address.text,
                       _ ("The picture of its VM comes over the network, or by Looking Glass."),
                       _ ("%s has no connector for a monitor."), address.text);
    else if (display->monitor == NULL)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, address.text, NULL,
                       _ ("Whether a monitor is plugged into %s is not known while its driver does "
                          "not tell."),
                       address.text);
    else if (*display->monitor != '\0')
        vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                       _ ("A monitor is plugged into %s (%s)."), address.text, display->monitor);
    else
        vf_check_tell (check, VF_VERDICT_WARNING, address.text,
                       _ ("Its VM has no picture without: plug one in (a second cable to the same "
                          "monitor does), or a dummy plug and use Looking Glass."),
                       _ ("No monitor is plugged into %s."), address.text);
}

/* That of the host needs none: many a host has no monitor at all. */
static void
tell_monitors_of_host (const VfCheck *check)
{
    g_autoptr (GArray) gpus = vf_gpu_list (check->facts->machine);

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, check->facts->machine);

        if (evidence != NULL && has_monitor (gpu, TRUE))
            judge_monitor (check, gpu);
    }
}

void
vf_check_monitor (const VfCheck *check)
{
    tell_monitors_of_host (check);
    vf_check_each_spare (check, judge_monitor);
}
