/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what libvirt and its VMs need on this host. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>

void
vf_check_hook (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding;

    if (facts->host->hook == VF_ANSWER_YES)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("libvirt finds VirtFlow's hook.")), NULL);
    else
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "",
            g_strdup (_ ("There is no /etc/libvirt/hooks/qemu.d/50-virtflow, which lends a VM its "
                         "GPU when it starts.")),
            g_strdup (_ ("Install VirtFlow's daemon anew, then 'systemctl reload libvirtd'.")));
    g_ptr_array_add (findings, finding);
}

/* https://github.com/fedora-selinux/selinux-policy/issues/2203 */
void
vf_check_confinement (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding = NULL;

    switch (facts->host->hooks_confined) {
    case VF_ANSWER_NO:
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("Nothing keeps the hook from the daemon.")), NULL);
        break;
    case VF_ANSWER_YES:
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "",
            g_strdup (_ ("SELinux keeps libvirt's hooks from speaking to other programs.")),
            g_strdup (_ ("As root: setsebool -P virt_hooks_unconfined on")));
        break;
    case VF_ANSWER_UNKNOWN:
        finding = vf_finding_new (
            id, VF_VERDICT_UNKNOWN, "",
            g_strdup (_ ("What SELinux allows libvirt's hooks is not known.")), NULL);
        break;
    }
    g_ptr_array_add (findings, finding);
}

void
vf_check_guest_firmware (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    VfFinding *finding;

    if (facts->host->guest_firmware == VF_ANSWER_YES)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("There is UEFI firmware for VMs.")), NULL);
    else
        finding = vf_finding_new (
            id, VF_VERDICT_WARNING, "", g_strdup (_ ("There is no UEFI firmware for VMs.")),
            g_strdup (_ ("Today's graphics cards and Windows 11 want it: install the package ovmf "
                         "(edk2-ovmf), and make new VMs with UEFI.")));
    g_ptr_array_add (findings, finding);
}

/* A VM with a passed device cannot be saved: libvirt refuses, and the host's shutdown ends it hard.
 */
void
vf_check_shutdown (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *action = facts->host->shutdown_action;
    VfFinding *finding;

    if (action == NULL)
        finding = vf_finding_new (
            id, VF_VERDICT_OK, "",
            g_strdup (_ ("libvirt-guests is not there: VMs are ended when the host shuts down.")),
            NULL);
    else if (g_str_equal (action, "shutdown"))
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("VMs are shut down before the host is.")), NULL);
    else
        finding = vf_finding_new (
            id, VF_VERDICT_WARNING, "",
            g_strdup_printf (
                _ ("When the host shuts down libvirt-guests tries to save VMs (%s), which "
                   "one with a GPU does not allow."),
                action),
            g_strdup (_ ("Set ON_SHUTDOWN=shutdown in /etc/default/libvirt-guests.")));
    g_ptr_array_add (findings, finding);
}
