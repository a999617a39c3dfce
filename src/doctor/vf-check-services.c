/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the daemon, and of what it tells: who has the GPUs open. */
#include "vf-check.h"

#include "vf-blocker.h"

#include <glib/gi18n-lib.h>

void
vf_check_daemon (const VfCheck *check)
{
    const char *error = check->facts->services->daemon_error;

    if (error == NULL)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("VirtFlow's daemon answers."));
    else
        vf_check_tell (check, VF_VERDICT_FAILED, "", error,
                       _ ("VirtFlow's daemon does not answer."));
}

/* virsh's node devices and udevadm wait for the same lock of the kernel (device_lock): measured. */
void
vf_check_stuck (const VfCheck *check)
{
    const VfServiceFacts *services = check->facts->services;

    for (guint i = 0; i < services->stuck->len; i++) {
        const VfStuckGpu *stuck = &g_array_index (services->stuck, VfStuckGpu, i);
        VfPciAddressText address = vf_pci_address_format (stuck->gpu);

        if (stuck->hangs)
            vf_check_tell (check, VF_VERDICT_FAILED, address.text,
                           _ ("'virtflow status' says where it hangs and what to do. Until that is "
                              "over, 'udevadm info' on this card hangs as well, and so does 'virsh "
                              "nodedev-list' once libvirt was restarted: leave both alone. VMs and "
                              "everything else go on."),
                           _ ("%s is wedged: its driver hangs in the kernel."), address.text);
        else
            vf_check_tell (check, VF_VERDICT_FAILED, address.text,
                           _ ("Run 'virtflow recover', which brings it to the host or says what "
                              "stands against that."),
                           _ ("%s is half-way: not all of it is with the host."), address.text);
    }
    if (services->stuck->len == 0 && services->daemon_error == NULL)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("No GPU has stopped half-way."));
}

static const VfBlocker *
find_notice (const GPtrArray *notices, VfReason reason)
{
    for (guint i = 0; i < notices->len; i++) {
        const VfBlocker *notice = notices->pdata[i];

        if (notice->reason == reason)
            return notice;
    }
    return NULL;
}

/* What the daemon has seen since it began. */
void
vf_check_hook_called (const VfCheck *check)
{
    const VfServiceFacts *services = check->facts->services;
    const VfBlocker *notice = find_notice (services->notices, VF_REASON_HOOK_NOT_CALLED);

    if (notice != NULL)
        vf_check_tell (check, VF_VERDICT_FAILED, "", notice->sentence,
                       _ ("libvirt does not call VirtFlow's hook."));
    else if (services->daemon_error != NULL)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Whether libvirt calls the hook only the daemon knows."));
    else if (!services->hook_called)
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Whether libvirt calls the hook shows when a VM with a GPU starts."));
    else
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("libvirt calls VirtFlow's hook."));
}

static gboolean
is_host_display (const VfSnapshot *machine, VfPciAddress address)
{
    g_autofree char *evidence = NULL;
    VfGpu gpu;

    if (vf_gpu_find (machine, address, &gpu))
        evidence = vf_gpu_host_display_evidence (&gpu, machine);
    return evidence != NULL;
}

static gboolean
is_display_known (const VfSnapshot *machine)
{
    g_autoptr (GArray) gpus = vf_gpu_list (machine);
    gboolean known = FALSE;

    for (guint i = 0; i < gpus->len && !known; i++)
        known = is_host_display (machine, g_array_index (gpus, VfGpu, i).address);
    return known;
}

/* A process may have several nodes of a GPU open, and is told of once. */
static gboolean
is_repeated (const GArray *holders, guint index)
{
    const VfGpuHolder *one = &g_array_index (holders, VfGpuHolder, index);

    for (guint i = 0; i < index; i++) {
        const VfGpuHolder *other = &g_array_index (holders, VfGpuHolder, i);

        if (other->holder->pid == one->holder->pid && vf_pci_address_equal (other->gpu, one->gpu))
            return TRUE;
    }
    return FALSE;
}

void
vf_check_compositor (const VfCheck *check)
{
    const VfServiceFacts *services = check->facts->services;
    guint before = check->findings->len;

    for (guint i = 0; i < services->holders->len; i++) {
        const VfGpuHolder *one = &g_array_index (services->holders, VfGpuHolder, i);
        const VfHolder *holder = one->holder;
        VfPciAddressText address = vf_pci_address_format (one->gpu);

        if (!vf_holder_is_desktop (holder) || is_repeated (services->holders, i))
            continue;
        if (is_host_display (check->facts->machine, one->gpu))
            vf_check_tell (check, VF_VERDICT_OK, address.text, NULL,
                           _ ("%s (pid %u, user %s) runs on %s, the host's display."),
                           holder->command, holder->pid, holder->user, address.text);
        else if (!is_display_known (check->facts->machine))
            vf_check_tell (check, VF_VERDICT_UNKNOWN, address.text,
                           _ ("If its picture comes from another GPU, run 'virtflow setup', which "
                              "has the desktop leave this one alone, then log out and in again."),
                           _ ("%s (pid %u, user %s) has %s open; whether it needs that is not "
                              "known."),
                           holder->command, holder->pid, holder->user, address.text);
        else
            vf_check_tell (
                check, VF_VERDICT_FAILED, address.text,
                _ ("As long as that desktop has the GPU it cannot be lent. Run 'virtflow "
                   "setup', which has the desktop leave it alone, then log out and in "
                   "again."),
                _ ("%s (pid %u, user %s) has %s open, which it does not need."), holder->command,
                holder->pid, holder->user, address.text);
    }
    if (check->findings->len > before)
        return;
    if (services->holders_known)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("No desktop has a GPU open."));
    else
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Which GPU the desktop runs on only the daemon can see."));
}

/* Who does not stand in the way of a lend, or is told of elsewhere. A VM gives back what it has. */
static gboolean
is_no_hindrance (const VfCheck *check, const VfGpuHolder *one)
{
    return vf_holder_is_desktop (one->holder) || vf_holder_is_idle_sound_server (one->holder)
           || vf_holder_is_known_service (one->holder)
           || g_str_has_prefix (one->holder->node, "/dev/vfio/")
           || is_host_display (check->facts->machine, one->gpu);
}

void
vf_check_holders (const VfCheck *check)
{
    const VfServiceFacts *services = check->facts->services;
    guint before = check->findings->len;

    for (guint i = 0; i < services->holders->len; i++) {
        const VfGpuHolder *one = &g_array_index (services->holders, VfGpuHolder, i);
        const VfHolder *holder = one->holder;
        VfPciAddressText address = vf_pci_address_format (one->gpu);
        g_autofree char *advice = g_strdup_printf (
            _ ("%s cannot be lent until that program has closed it."), address.text);

        if (!is_no_hindrance (check, one) && !is_repeated (services->holders, i))
            vf_check_tell (check, VF_VERDICT_WARNING, address.text, advice,
                           _ ("%s (pid %u, user %s) has %s open."), holder->command, holder->pid,
                           holder->user, holder->node);
    }
    if (check->findings->len > before)
        return;
    if (services->holders_known)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("No other program has a GPU open that could be lent."));
    else
        vf_check_tell (check, VF_VERDICT_UNKNOWN, "", NULL,
                       _ ("Who has a GPU open only the daemon can see."));
}
