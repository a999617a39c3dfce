/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the GPUs: which one the host needs, and whether the others can go. */
#include "vf-check.h"

#include "vf-gpu.h"
#include "vf-text.h"

#include <glib/gi18n-lib.h>

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

void
vf_check_display (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);
    guint n_displays = 0;

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        VfPciAddressText address = vf_pci_address_format (gpu->address);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, facts->machine);

        if (evidence == NULL)
            continue;
        n_displays++;
        g_ptr_array_add (
            findings,
            vf_finding_new (
                id, gpus->len > n_displays ? VF_VERDICT_OK : VF_VERDICT_FAILED, address.text,
                g_strdup_printf (_ ("%s is the host's display: %s."), address.text, evidence),
                gpus->len > n_displays
                    ? NULL
                    : g_strdup (_ ("No GPU is left to lend. Plug the monitor into the other "
                                   "one, choose that as the primary display in the "
                                   "firmware, and restart the host."))));
    }
    if (n_displays == 0)
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
        g_strdup (
            _ ("Its second VM, or the host after the first, may find it in a state that its "
               "driver cannot handle, until the host is restarted. Try it before you rely on "
               "it. For AMD cards up to Vega and Navi 1x there is the module vendor-reset.")));
}

void
vf_check_reset (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    for_each_spare (facts, judge_reset, id, findings);
}

static VfFinding *
judge_monitor (const char *id, const VfGpu *gpu, const VfSnapshot *machine)
{
    const char *monitor = vf_gpu_display (gpu)->monitor;
    VfPciAddressText address = vf_pci_address_format (gpu->address);

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
