/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of what libvirt and its VMs need on this host. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>

void
vf_check_libvirt (const VfCheck *check)
{
    const char *error = check->facts->services->libvirt_error;

    if (error == NULL)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("libvirt answers, and lets you work with VMs."));
    else
        vf_check_tell (check, VF_VERDICT_FAILED, "", error,
                       _ ("libvirt does not let you work with VMs."));
}

void
vf_check_hook (const VfCheck *check)
{
    if (check->facts->host->hook == VF_ANSWER_YES)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("libvirt finds VirtFlow's hook."));
    else
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("Run 'virtflow setup', which puts it there."),
                       _ ("There is no /etc/libvirt/hooks/qemu.d/50-virtflow, which lends a VM its "
                          "GPU when it starts."));
}

/* https://github.com/fedora-selinux/selinux-policy/issues/2203 */
void
vf_check_confinement (const VfCheck *check)
{
    VfAnswer unlisted = check->facts->host->hook_unlisted;

    if (unlisted == VF_ANSWER_YES)
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("Add the line '/usr/lib/libvirt/virtflow-hook PUx,' to "
                          "/etc/apparmor.d/local/usr.sbin.libvirtd (or usr.sbin.virtqemud), then "
                          "run 'sudo systemctl reload apparmor'."),
                       _ ("AppArmor's profile does not let libvirt run VirtFlow's hook."));
    switch (check->facts->host->hooks_confined) {
    case VF_ANSWER_NO:
        if (unlisted == VF_ANSWER_NO)
            vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                           _ ("Nothing keeps the hook from the daemon."));
        break;
    case VF_ANSWER_YES:
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("As root: setsebool -P virt_hooks_unconfined on"),
                       _ ("SELinux keeps libvirt's hooks from speaking to other programs."));
        break;
    case VF_ANSWER_UNKNOWN:
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("What SELinux allows libvirt's hooks is not known."));
        break;
    }
}

void
vf_check_guest_firmware (const VfCheck *check)
{
    if (check->facts->host->guest_firmware == VF_ANSWER_YES)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("There is UEFI firmware for VMs."));
    else
        vf_check_tell (check, VF_VERDICT_WARNING, "",
                       _ ("Today's graphics cards and Windows 11 want it: install the package ovmf "
                          "(edk2-ovmf), and make new VMs with UEFI."),
                       _ ("There is no UEFI firmware for VMs."));
}

/* A VM with a passed device cannot be saved: libvirt refuses, and the host's shutdown ends it hard.
 */
void
vf_check_shutdown (const VfCheck *check)
{
    const char *action = check->facts->host->shutdown_action;
    g_autofree char *advice = NULL;

    if (action == NULL)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("libvirt-guests is not there: VMs are ended when the host shuts down."));
    else if (g_str_equal (action, "shutdown"))
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("VMs are shut down before the host is."));
    else {
        advice = g_strdup_printf (_ ("Set ON_SHUTDOWN=shutdown in %s."),
                                  check->facts->host->shutdown_file);
        vf_check_tell (check, VF_VERDICT_WARNING, "", advice,
                       _ ("When the host shuts down libvirt-guests tries to save VMs (%s), which "
                          "one with a GPU does not allow."),
                       action);
    }
}
