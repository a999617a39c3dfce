/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what VMs need of the processor. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *
technique_of (const VfHostFacts *host)
{
    if (g_strcmp0 (host->cpu_vendor, "GenuineIntel") == 0)
        return "VT-x";
    return g_strcmp0 (host->cpu_vendor, "AuthenticAMD") == 0 ? "AMD-V (SVM)" : "VT-x / AMD-V";
}

void
vf_check_cpu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *technique = technique_of (facts->host);
    VfFinding *finding = NULL;

    switch (facts->host->cpu_virtualization) {
    case VF_ANSWER_YES:
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup_printf (_ ("The processor has %s."), technique), NULL);
        break;
    case VF_ANSWER_NO:
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "",
            g_strdup_printf (_ ("The processor does not show %s."), technique),
            g_strdup_printf (
                _ ("Turn on %s in the firmware. If this is a VM itself, its host has to "
                   "pass that on."),
                technique));
        break;
    case VF_ANSWER_UNKNOWN:
        finding = vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                                  g_strdup (_ ("What the processor can do is not known.")), NULL);
        break;
    }
    g_ptr_array_add (findings, finding);
}

void
vf_check_kvm (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding = NULL;

    switch (facts->host->kvm) {
    case VF_ANSWER_YES:
        finding =
            vf_finding_new (id, VF_VERDICT_OK, "", g_strdup (_ ("The kernel has KVM.")), NULL);
        break;
    case VF_ANSWER_NO:
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "", g_strdup (_ ("There is no /dev/kvm.")),
            g_strdup (_ ("Load the module kvm_intel or kvm_amd. If that says 'Operation not "
                         "supported', virtualization is off in the firmware.")));
        break;
    case VF_ANSWER_UNKNOWN:
        finding = vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                                  g_strdup (_ ("Whether there is KVM is not known.")), NULL);
        break;
    }
    g_ptr_array_add (findings, finding);
}
