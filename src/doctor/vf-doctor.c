/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of checks. */
#include "vf-check.h"

static const struct {
    const char *id;
    void (*run) (const VfCheck *check);
    gboolean of_vm; /* it says nothing unless a VM is asked about */
} checks[] = {
    { "cpu-virtualization", vf_check_cpu, FALSE },
    { "kvm", vf_check_kvm, FALSE },
    { "guest-network", vf_check_network, FALSE },
    { "control-groups", vf_check_control_groups, FALSE },
    { "iommu", vf_check_iommu, FALSE },
    { "interrupt-remapping", vf_check_interrupts, FALSE },
    { "vfio", vf_check_vfio, FALSE },
    { "vfio-pci", vf_check_vfio_pci, FALSE },
    { "vfio-iommu-type1", vf_check_vfio_type1, FALSE },
    { "static-binding", vf_check_reservations, FALSE },
    { "blacklist", vf_check_bans, FALSE },
    { "two-gpus", vf_check_gpus, FALSE },
    { "host-display", vf_check_display, FALSE },
    { "iommu-group", vf_check_group, FALSE },
    { "carries-device", vf_check_carried, FALSE },
    { "reset", vf_check_reset, FALSE },
    { "monitor", vf_check_monitor, FALSE },
    { "firmware-framebuffer", vf_check_framebuffer, FALSE },
    { "bar-size", vf_check_bar, FALSE },
    { "nvidia-version", vf_check_nvidia, FALSE },
    { "compositor", vf_check_compositor, FALSE },
    { "holders", vf_check_holders, FALSE },
    { "daemon", vf_check_daemon, FALSE },
    { "gpu-stuck", vf_check_stuck, FALSE },
    { "libvirt", vf_check_libvirt, FALSE },
    { "hook-installed", vf_check_hook, FALSE },
    { "hook-called", vf_check_hook_called, FALSE },
    { "hook-confined", vf_check_confinement, FALSE },
    { "guest-firmware", vf_check_guest_firmware, FALSE },
    { "host-shutdown", vf_check_shutdown, FALSE },
    { "vm-spice", vf_check_vm_spice, TRUE },
    { "vm-devices", vf_check_vm_devices, TRUE },
    { "vm-whole-gpu", vf_check_vm_whole_gpu, TRUE },
    { "vm-managed", vf_check_vm_managed, TRUE },
    { "vm-saved", vf_check_vm_saved, TRUE },
    { "vm-machine", vf_check_vm_machine, TRUE },
    { "vm-video", vf_check_vm_video, TRUE },
};

static void
leave_one_gpu (VfPciAddress gpu, GPtrArray *findings)
{
    for (guint i = findings->len; i-- > 0;) {
        const VfFinding *finding = findings->pdata[i];
        VfPciAddress address;

        if (vf_pci_address_parse (finding->subject, &address, NULL)
            && !vf_pci_address_same_slot (address, gpu))
            g_ptr_array_remove_index (findings, i);
    }
}

GPtrArray *
vf_doctor_examine (const VfDoctorFacts *facts)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_finding_free);

    for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
        if (facts->vm != NULL || !checks[i].of_vm)
            checks[i].run (&(VfCheck){ checks[i].id, facts, findings });
    }
    if (facts->gpu != NULL)
        leave_one_gpu (*facts->gpu, findings);
    return findings;
}

const char *const *
vf_doctor_checks (void)
{
    static const char *ids[G_N_ELEMENTS (checks) + 1];

    for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
        ids[i] = checks[i].id;
    return ids;
}
