/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the daemon, of libvirt, and of who has the GPUs open. */
#include "vf-check.h"

#include "vf-blocker.h"
#include "vf-gpu.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
vf_check_daemon (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *error = facts->services->daemon_error;
    VfFinding *finding;

    if (error == NULL)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("VirtFlow's daemon answers.")), NULL);
    else
        finding =
            vf_finding_new (id, VF_VERDICT_FAILED, "",
                            g_strdup (_ ("VirtFlow's daemon does not answer.")), g_strdup (error));
    g_ptr_array_add (findings, finding);
}

void
vf_check_libvirt (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *error = facts->services->libvirt_error;
    VfFinding *finding;

    if (error == NULL)
        finding =
            vf_finding_new (id, VF_VERDICT_OK, "",
                            g_strdup (_ ("libvirt answers, and lets you work with VMs.")), NULL);
    else
        finding = vf_finding_new (id, VF_VERDICT_FAILED, "",
                                  g_strdup (_ ("libvirt does not let you work with VMs.")),
                                  g_strdup (error));
    g_ptr_array_add (findings, finding);
}

/* That it is called can be seen only while a VM with a GPU runs: the daemon notices that it was
 * not. */
void
vf_check_hook_called (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const GPtrArray *notices = facts->services->notices;
    VfFinding *finding = NULL;

    for (guint i = 0; i < notices->len && finding == NULL; i++) {
        const VfBlocker *notice = notices->pdata[i];

        if (notice->reason == VF_REASON_HOOK_NOT_CALLED)
            finding = vf_finding_new (id, VF_VERDICT_FAILED, "",
                                      g_strdup (_ ("libvirt does not call VirtFlow's hook.")),
                                      g_strdup (notice->sentence));
    }
    if (finding == NULL && facts->services->daemon_error != NULL)
        finding = vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                                  g_strdup (_ ("Whether libvirt calls the hook only the daemon "
                                               "knows.")),
                                  NULL);
    if (finding == NULL)
        finding =
            vf_finding_new (id, VF_VERDICT_OK, "",
                            g_strdup (_ ("No VM was started without a call of the hook.")), NULL);
    g_ptr_array_add (findings, finding);
}

/* What shows the picture of a desktop, as the kernel calls it: 15 bytes of the name. */
static gboolean
is_compositor (const VfHolder *holder)
{
    static const char *const names[] = {
        "Xorg",         "X",
        "gnome-shell",  "mutter",
        "kwin_wayland", "kwin_wayland_wr",
        "kwin_x11",     "sway",
        "Hyprland",     ".Hyprland-wrapp",
        "weston",       "cosmic-comp",
        "labwc",        "wayfire",
        "river",        "niri",
        "gamescope",    "gamescope-wl",
        "cage",         "cinnamon",
        "muffin",       "phoc",
    };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        if (g_str_equal (holder->command, names[i]))
            return TRUE;
    }
    return FALSE;
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

/* One finding for each compositor and GPU; it may have several nodes open. */
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

static VfFinding *
judge_compositor (const char *id, const VfSnapshot *machine, const VfGpuHolder *one)
{
    const VfHolder *holder = one->holder;
    VfPciAddressText address = vf_pci_address_format (one->gpu);

    if (is_host_display (machine, one->gpu))
        return vf_finding_new (id, VF_VERDICT_OK, address.text,
                               g_strdup_printf (_ ("%s (pid %u, user %s) runs on %s, the host's "
                                                   "display."),
                                                holder->command, holder->pid, holder->user,
                                                address.text),
                               NULL);
    return vf_finding_new (
        id, VF_VERDICT_FAILED, address.text,
        g_strdup_printf (_ ("%s (pid %u, user %s) has %s open, which it does not need."),
                         holder->command, holder->pid, holder->user, address.text),
        g_strdup (
            _ ("As long as that desktop has the GPU it cannot be lent. Tell the desktop to leave "
               "it alone, then log out and in again.")));
}

void
vf_check_compositor (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const GArray *holders = facts->services->holders;
    guint before = findings->len;

    for (guint i = 0; i < holders->len; i++) {
        const VfGpuHolder *one = &g_array_index (holders, VfGpuHolder, i);

        if (is_compositor (one->holder) && !is_repeated (holders, i))
            g_ptr_array_add (findings, judge_compositor (id, facts->machine, one));
    }
    if (findings->len > before)
        return;
    g_ptr_array_add (
        findings,
        facts->services->holders_known
            ? vf_finding_new (id, VF_VERDICT_OK, "", g_strdup (_ ("No desktop has a GPU open.")),
                              NULL)
            : vf_finding_new (
                id, VF_VERDICT_UNKNOWN, "",
                g_strdup (_ ("Which GPU the desktop runs on only the daemon can see.")), NULL));
}

void
vf_check_holders (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const GArray *holders = facts->services->holders;
    guint before = findings->len;

    for (guint i = 0; i < holders->len; i++) {
        const VfGpuHolder *one = &g_array_index (holders, VfGpuHolder, i);
        const VfHolder *holder = one->holder;
        VfPciAddressText address = vf_pci_address_format (one->gpu);

        if (is_compositor (holder) || vf_holder_is_idle_sound_server (holder)
            || vf_holder_is_known_service (holder) || is_host_display (facts->machine, one->gpu)
            || is_repeated (holders, i))
            continue;
        g_ptr_array_add (
            findings,
            vf_finding_new (
                id, VF_VERDICT_WARNING, address.text,
                g_strdup_printf (_ ("%s (pid %u, user %s) has %s open."), holder->command,
                                 holder->pid, holder->user, holder->node),
                g_strdup_printf (_ ("%s cannot be lent until that program has closed it."),
                                 address.text)));
    }
    if (findings->len > before)
        return;
    g_ptr_array_add (
        findings, facts->services->holders_known
                      ? vf_finding_new (id, VF_VERDICT_OK, "",
                                        g_strdup (_ ("No other program has a GPU open that could "
                                                     "be lent.")),
                                        NULL)
                      : vf_finding_new (id, VF_VERDICT_UNKNOWN, "",
                                        g_strdup (_ ("Who has a GPU open only the daemon can "
                                                     "see.")),
                                        NULL));
}
