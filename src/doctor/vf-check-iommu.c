/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the IOMMU, without which no device can be passed. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
is_amd (const VfHostFacts *host)
{
    return g_strcmp0 (host->cpu_vendor, "AuthenticAMD") == 0;
}

/* A word of the command line that switches it off; NULL for none. */
static const char *
switched_off_by (const VfHostFacts *host)
{
    static const char *const words[] = { "intel_iommu=off", "amd_iommu=off", "iommu=off" };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        if (vf_host_facts_has_word (host, words[i]))
            return words[i];
    }
    return NULL;
}

static char *
advice_without_iommu (const VfHostFacts *host)
{
    const char *off = switched_off_by (host);

    if (off != NULL)
        return g_strdup_printf (_ ("Take %s off the kernel's command line, and restart the host."),
                                off);
    if (host->firmware_iommu == VF_ANSWER_NO)
        return g_strdup (is_amd (host)
                             ? _ ("Turn on IOMMU (AMD-Vi) in the firmware; where it says 'Auto', "
                                  "choose 'Enabled'.")
                             : _ ("Turn on VT-d in the firmware."));
    /* AMD's needs no word: the kernel uses what the firmware describes (amd_iommu_init). */
    if (!is_amd (host) && !vf_host_facts_has_word (host, "intel_iommu=on"))
        return g_strdup (
            _ ("Add intel_iommu=on to the kernel's command line, and restart the host. If "
               "that changes nothing, turn on VT-d in the firmware."));
    return g_strdup (is_amd (host) ? _ ("Turn on IOMMU (AMD-Vi) in the firmware; the kernel's "
                                        "command line needs no word for it.")
                                   : _ ("The kernel is told to use it and finds none: turn on VT-d "
                                        "in the firmware."));
}

void
vf_check_iommu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding;

    if (vf_snapshot_has_iommu (facts->machine))
        finding =
            vf_finding_new (id, VF_VERDICT_OK, "",
                            g_strdup (_ ("The kernel uses the IOMMU, and devices are in IOMMU "
                                         "groups.")),
                            NULL);
    else
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "",
            g_strdup (facts->host->firmware_iommu == VF_ANSWER_YES
                          ? _ ("The firmware describes an IOMMU, and the kernel does "
                               "not use it: no device is in an IOMMU group.")
                          : _ ("No device is in an IOMMU group.")),
            advice_without_iommu (facts->host));
    g_ptr_array_add (findings, finding);
}

/* Without it vfio refuses a VM unless it is told not to care (vfio_iommu_type1, option
 * allow_unsafe_interrupts). */
void
vf_check_interrupts (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding = NULL;

    if (!vf_snapshot_has_iommu (facts->machine))
        return; /* it comes with that, which is said once */
    switch (facts->host->interrupt_remapping) {
    case VF_ANSWER_YES:
        finding =
            vf_finding_new (id, VF_VERDICT_OK, "", g_strdup (_ ("Interrupts are remapped.")), NULL);
        break;
    case VF_ANSWER_NO:
        finding = vf_finding_new (
            id, VF_VERDICT_WARNING, "", g_strdup (_ ("Interrupts are not remapped.")),
            g_strdup (
                _ ("A VM with a GPU may not start: 'No interrupt remapping'. Look for x2APIC and "
                   "interrupt remapping in the firmware, and for its updates.")));
        break;
    case VF_ANSWER_UNKNOWN:
        finding =
            vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                            g_strdup (_ ("Whether interrupts are remapped is not known.")), NULL);
        break;
    }
    g_ptr_array_add (findings, finding);
}
