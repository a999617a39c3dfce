/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what any VM needs of processor and kernel, with a GPU or without. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>

static const char *
technique_of (const VfHostFacts *host)
{
    if (g_strcmp0 (host->cpu_vendor, "GenuineIntel") == 0)
        return "VT-x";
    return g_strcmp0 (host->cpu_vendor, "AuthenticAMD") == 0 ? "AMD-V (SVM)" : "VT-x / AMD-V";
}

void
vf_check_cpu (const VfCheck *check)
{
    const char *technique = technique_of (check->facts->host);
    g_autofree char *advice = g_strdup_printf (
        _ ("Turn on %s in the firmware. If this is a VM itself, its host has to pass that on."),
        technique);

    switch (check->facts->host->cpu_virtualization) {
    case VF_ANSWER_YES:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("The processor has %s."), technique);
        break;
    case VF_ANSWER_NO:
        vf_check_tell (check, VF_VERDICT_FAILED, "", advice, _ ("The processor does not show %s."),
                       technique);
        break;
    case VF_ANSWER_UNKNOWN:
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("What the processor can do is not known."));
        break;
    }
}

void
vf_check_kvm (const VfCheck *check)
{
    switch (check->facts->host->kvm) {
    case VF_ANSWER_YES:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("The kernel has KVM."));
        break;
    case VF_ANSWER_NO:
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("Load the module kvm_intel or kvm_amd. If that says 'Operation not "
                          "supported', virtualization is off in the firmware."),
                       _ ("There is no /dev/kvm."));
        break;
    case VF_ANSWER_UNKNOWN:
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Whether there is KVM is not known."));
        break;
    }
}

void
vf_check_network (const VfCheck *check)
{
    const VfHostFacts *host = check->facts->host;

    if (host->tun == VF_ANSWER_UNKNOWN)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("What VMs need for their networks is not known."));
    else if (host->tun == VF_ANSWER_NO)
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("Load the module tun. Without it no VM with a network card starts."),
                       _ ("There is no /dev/net/tun."));
    else if (host->vhost_net == VF_ANSWER_NO)
        vf_check_tell (check, VF_VERDICT_WARNING, "",
                       _ ("Load the module vhost_net. Without it the network of VMs is slower."),
                       _ ("There is no /dev/vhost-net."));
    else
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("The kernel has what VMs need for their networks."));
}

void
vf_check_control_groups (const VfCheck *check)
{
    const char *missing = check->facts->host->missing_controllers;

    if (missing == NULL)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Which control groups the kernel has is not known."));
    else if (*missing != '\0')
        vf_check_tell (
            check, VF_VERDICT_WARNING, "",
            _ ("libvirt cannot limit what VMs take of these, and does not start one that "
               "asks for it. See that the kernel's command line does not switch them off "
               "(cgroup_disable)."),
            _ ("The kernel lacks control groups: %s."), missing);
    else
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("The kernel has the control groups that libvirt puts VMs in."));
}
