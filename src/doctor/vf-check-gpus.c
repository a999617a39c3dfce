/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the GPUs: which one the host needs, and whether the others can go. */
#include "vf-check.h"

#include "vf-gpu.h"
#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
vf_check_gpus (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);
    VfFinding *finding;

    if (gpus->len >= 2)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup_printf (_ ("This host has %u GPUs."), gpus->len), NULL);
    else
        finding = vf_finding_new (id, VF_VERDICT_FAILED, "",
                                  gpus->len == 0 ? g_strdup (_ ("This host has no GPU."))
                                                 : g_strdup (_ ("This host has one GPU.")),
                                  vf_text_too_few_gpus (gpus->len));
    g_ptr_array_add (findings, finding);
}

/* The GPUs that the host can spare get a finding each. */
static void
for_each_spare (const VfDoctorFacts *facts,
                VfFinding *(*judge) (const char *id, const VfGpu *gpu, const VfSnapshot *machine),
                const char *id,
                GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);

    for (guint i = 0; i < gpus->len && gpus->len > 1; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, facts->machine);
        VfFinding *finding = evidence == NULL ? judge (id, gpu, facts->machine) : NULL;

        if (finding != NULL)
            g_ptr_array_add (findings, finding);
    }
}

/* Part of the processor or the chipset, not a card behind a bridge. */
static gboolean
is_built_in (const VfGpu *gpu)
{
    const char *path = vf_gpu_display (gpu)->path;

    return path != NULL && strchr (path, '/') == strrchr (path, '/');
}

static gboolean
any_other_is_built_in (const GArray *gpus, const VfGpu *gpu)
{
    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *other = &g_array_index (gpus, VfGpu, i);

        if (!vf_pci_address_equal (other->address, gpu->address) && is_built_in (other))
            return TRUE;
    }
    return FALSE;
}

static VfFinding *
judge_display (const char *id, const GArray *gpus, const VfGpu *gpu, const char *evidence)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    char *fact = g_strdup_printf (_ ("%s is the host's display: %s."), address.text, evidence);

    if (gpus->len == 1)
        return vf_finding_new (id, VF_VERDICT_OK, address.text, fact, NULL);
    if (!is_built_in (gpu) && any_other_is_built_in (gpus, gpu))
        return vf_finding_new (
            id, VF_VERDICT_WARNING, address.text, fact,
            g_strdup (
                _ ("To lend this card instead of the built-in graphics, plug a monitor into the "
                   "mainboard, choose the built-in graphics as the primary display in the "
                   "firmware, and restart the host.")));
    return vf_finding_new (id, VF_VERDICT_OK, address.text, fact, NULL);
}

void
vf_check_display (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);
    guint before = findings->len;

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, facts->machine);

        if (evidence != NULL)
            g_ptr_array_add (findings, judge_display (id, gpus, gpu, evidence));
    }
    if (findings->len - before == gpus->len && gpus->len > 1)
        g_ptr_array_add (findings,
                         vf_finding_new (id, VF_VERDICT_FAILED, "",
                                         g_strdup (_ ("Every GPU shows a picture of the host.")),
                                         g_strdup (_ ("Switch off the monitor of the one that VMs "
                                                      "should have, in the settings of the "
                                                      "desktop."))));
    if (findings->len == before)
        g_ptr_array_add (findings,
                         vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                                         g_strdup (_ ("Which GPU shows the host's picture is not "
                                                      "known.")),
                                         NULL));
}

static VfFinding *
judge_group (const char *id, const VfGpu *gpu, const VfSnapshot *machine)
{
    g_autoptr (GPtrArray) mates = vf_gpu_group_mates (gpu, machine);
    VfPciAddressText address = vf_pci_address_format (gpu->address);
    g_autoptr (GString) names = g_string_new ("");

    if (vf_gpu_display (gpu)->iommu_group == VF_NO_IOMMU_GROUP)
        return NULL; /* the host has no IOMMU, which is said once */
    if (mates->len == 0)
        return vf_finding_new (
            id, VF_VERDICT_OK, address.text,
            g_strdup_printf (_ ("%s shares its IOMMU group with nothing else."), address.text),
            NULL);
    for (guint i = 0; i < mates->len; i++) {
        const VfPciFunction *mate = mates->pdata[i];

        g_string_append_printf (names, "%s%s (%s)", i > 0 ? ", " : "",
                                vf_pci_address_format (mate->address).text,
                                vf_pci_function_device (mate));
    }
    return vf_finding_new (
        id, VF_VERDICT_FAILED, address.text,
        g_strdup_printf (_ ("%s shares its IOMMU group with %s."), address.text, names->str),
        g_strdup (
            _ ("Put the card or the other device into another slot, best one that the "
               "processor drives itself; look for ACS in the firmware, and for its updates.")));
}

void
vf_check_group (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    for_each_spare (facts, judge_group, id, findings);
}

static VfFinding *
judge_carried (const char *id, const VfGpu *gpu, const VfSnapshot *machine)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->carries != NULL)
            return vf_finding_new (
                id, VF_VERDICT_FAILED, address.text,
                g_strdup_printf (_ ("%s would take along what the host has on it: %s."),
                                 address.text, function->carries),
                g_strdup (_ ("Plug that into another port, not into the card's own.")));
    }
    return vf_finding_new (
        id, VF_VERDICT_OK, address.text,
        g_strdup_printf (_ ("%s takes nothing along that the host has on it."), address.text),
        NULL);
}

void
vf_check_carried (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    for_each_spare (facts, judge_carried, id, findings);
}

#define VENDOR_AMD 0x1002

static VfFinding *
judge_reset (const char *id, const VfGpu *gpu, const VfSnapshot *machine)
{
    const VfPciFunction *display = vf_gpu_display (gpu);
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (display->reset_methods != NULL)
        return vf_finding_new (
            id, VF_VERDICT_OK, address.text,
            g_strdup_printf (_ ("%s can be reset: %s."), address.text, display->reset_methods),
            NULL);
    return vf_finding_new (
        id, VF_VERDICT_WARNING, address.text,
        g_strdup_printf (_ ("The kernel has no way to reset %s."), address.text),
        display->vendor == VENDOR_AMD
            ? g_strdup (
                _ ("After its first VM it may be in a state that no driver can handle, until "
                   "the host is restarted: try it before you rely on it. For AMD's cards up "
                   "to Navi 1x there is the module vendor-reset."))
            : g_strdup (
                _ ("After its first VM it may be in a state that no driver can handle, until "
                   "the host is restarted: try it before you rely on it.")));
}

void
vf_check_reset (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    for_each_spare (facts, judge_reset, id, findings);
}

#define CLASS_3D 0x0302

static VfFinding *
judge_monitor (const char *id, const VfGpu *gpu, const VfSnapshot *machine)
{
    const char *monitor = vf_gpu_display (gpu)->monitor;
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (vf_gpu_display (gpu)->class_code >> 8 == CLASS_3D)
        return vf_finding_new (
            id, VF_VERDICT_OK, address.text,
            g_strdup_printf (_ ("%s has no connector for a monitor."), address.text),
            g_strdup (_ ("The picture of its VM comes over the network, or by Looking Glass.")));
    if (monitor == NULL)
        return vf_finding_new (
            id, VF_VERDICT_UNKNOWN, address.text,
            g_strdup_printf (
                _ ("Whether a monitor is plugged into %s is not known while its driver "
                   "does not tell."),
                address.text),
            NULL);
    if (*monitor != '\0')
        return vf_finding_new (
            id, VF_VERDICT_OK, address.text,
            g_strdup_printf (_ ("A monitor is plugged into %s at %s."), address.text, monitor),
            NULL);
    return vf_finding_new (
        id, VF_VERDICT_WARNING, address.text,
        g_strdup_printf (_ ("No monitor is plugged into %s."), address.text),
        g_strdup (
            _ ("Its VM has no picture without: plug one in (a second cable to the same monitor "
               "does), or a dummy plug and use Looking Glass.")));
}

void
vf_check_monitor (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    for_each_spare (facts, judge_monitor, id, findings);
}
