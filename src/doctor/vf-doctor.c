/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of checks. */
#include "vf-check.h"

static const struct {
    const char *id;
    VfCheck check;
} checks[] = {
    { "cpu-virtualization", vf_check_cpu },
    { "kvm", vf_check_kvm },
    { "iommu", vf_check_iommu },
    { "interrupt-remapping", vf_check_interrupts },
    { "vfio", vf_check_vfio },
    { "vfio-pci", vf_check_vfio_pci },
    { "vfio-iommu-type1", vf_check_vfio_type1 },
    { "static-binding", vf_check_reservations },
    { "blacklist", vf_check_bans },
    { "two-gpus", vf_check_gpus },
    { "host-display", vf_check_display },
    { "iommu-group", vf_check_group },
    { "carries-device", vf_check_carried },
    { "reset", vf_check_reset },
    { "monitor", vf_check_monitor },
    { "firmware-framebuffer", vf_check_framebuffer },
    { "bar-size", vf_check_bar },
    { "nvidia-version", vf_check_nvidia },
    { "compositor", vf_check_compositor },
    { "holders", vf_check_holders },
    { "daemon", vf_check_daemon },
    { "libvirt", vf_check_libvirt },
    { "hook-installed", vf_check_hook },
    { "hook-called", vf_check_hook_called },
    { "hook-confined", vf_check_confinement },
    { "guest-firmware", vf_check_guest_firmware },
    { "host-shutdown", vf_check_shutdown },
    { "vm-spice", vf_check_vm_spice },
    { "vm-devices", vf_check_vm_devices },
    { "vm-whole-gpu", vf_check_vm_whole_gpu },
    { "vm-managed", vf_check_vm_managed },
    { "vm-saved", vf_check_vm_saved },
    { "vm-machine", vf_check_vm_machine },
    { "vm-video", vf_check_vm_video },
};

GPtrArray *
vf_doctor_examine (const VfDoctorFacts *facts)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_finding_free);

    for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
        checks[i].check (checks[i].id, facts, findings);
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
