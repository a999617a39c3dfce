/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the IOMMU, without which no device can be passed. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>

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

/* AMD's needs no word: the kernel uses what the firmware describes (amd_iommu_init). */
static const char *
advice_without_iommu (const VfHostFacts *host)
{
    if (host->firmware_iommu == VF_ANSWER_NO)
        return is_amd (host) ? _ ("Turn on IOMMU (AMD-Vi) in the firmware; where it says 'Auto', "
                                  "choose 'Enabled'.")
                             : _ ("Turn on VT-d in the firmware.");
    if (is_amd (host))
        return _ ("Turn on IOMMU (AMD-Vi) in the firmware; the kernel's command line needs no word "
                  "for it.");
    if (vf_host_facts_has_word (host, "intel_iommu=on"))
        return _ ("The kernel is told to use it and finds none: turn on VT-d in the firmware.");
    return _ ("Run 'virtflow setup', which adds intel_iommu=on to the kernel's command line, and "
              "restart the host. If that changes nothing, turn on VT-d in the firmware.");
}

void
vf_check_iommu (const VfCheck *check)
{
    const VfHostFacts *host = check->facts->host;
    const char *off = switched_off_by (host);
    g_autofree char *advice =
        off != NULL ? g_strdup_printf (_ ("Run 'virtflow setup', which takes %s off the kernel's "
                                          "command line, and restart the "
                                          "host."),
                                       off)
                    : g_strdup (advice_without_iommu (host));

    if (vf_snapshot_has_iommu (check->facts->machine))
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("The kernel uses the IOMMU, and devices are in IOMMU groups."));
    else if (host->firmware_iommu == VF_ANSWER_YES)
        vf_check_tell (check, VF_VERDICT_FAILED, "", advice,
                       _ ("The firmware describes an IOMMU, and the kernel does not use it: no "
                          "device is in an IOMMU group."));
    else
        vf_check_tell (check, VF_VERDICT_FAILED, "", advice, _ ("No device is in an IOMMU group."));
}

/* Without it vfio refuses a VM unless it is told not to care (vfio_iommu_type1, option
 * allow_unsafe_interrupts). */
void
vf_check_interrupts (const VfCheck *check)
{
    if (!vf_snapshot_has_iommu (check->facts->machine))
        return; /* it comes with that, which is said once */
    switch (check->facts->host->interrupt_remapping) {
    case VF_ANSWER_YES:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("Interrupts are remapped."));
        break;
    case VF_ANSWER_NO:
        vf_check_tell (
            check, VF_VERDICT_WARNING, "",
            _ ("A VM with a GPU may not start: 'No interrupt remapping'. Look for x2APIC "
               "and interrupt remapping in the firmware, and for its updates."),
            _ ("Interrupts are not remapped."));
        break;
    case VF_ANSWER_UNKNOWN:
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Whether interrupts are remapped is not known."));
        break;
    }
}
