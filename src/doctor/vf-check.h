/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of the doctor, and how they tell what they find: one finding for the host, or one for
 * each GPU, process or setting. */
#pragma once

#include "vf-doctor.h"
#include "vf-gpu.h"

/* A check at work. */
typedef struct {
    const char *id;
    const VfDoctorFacts *facts;
    GPtrArray *findings; /* of all checks up to here */
} VfCheck;

/* Adds a finding about @subject ("" for the host): the format gives the fact, @advice says what to
 * do, NULL where nothing has to be done. */
void vf_check_tell (const VfCheck *check,
                    VfVerdict verdict,
                    const char *subject,
                    const char *advice,
                    const char *format,
                    ...) G_GNUC_PRINTF (5, 6);

/* Calls @judge for each GPU that the host can spare: there is another, and that shows its picture.
 */
void
vf_check_each_spare (const VfCheck *check, void (*judge) (const VfCheck *check, const VfGpu *gpu));

void vf_check_cpu (const VfCheck *check);
void vf_check_kvm (const VfCheck *check);
void vf_check_network (const VfCheck *check);
void vf_check_control_groups (const VfCheck *check);
void vf_check_iommu (const VfCheck *check);
void vf_check_interrupts (const VfCheck *check);
void vf_check_vfio (const VfCheck *check);
void vf_check_vfio_pci (const VfCheck *check);
void vf_check_vfio_type1 (const VfCheck *check);
void vf_check_reservations (const VfCheck *check);
void vf_check_bans (const VfCheck *check);
void vf_check_gpus (const VfCheck *check);
void vf_check_display (const VfCheck *check);
void vf_check_group (const VfCheck *check);
void vf_check_carried (const VfCheck *check);
void vf_check_reset (const VfCheck *check);
void vf_check_monitor (const VfCheck *check);
void vf_check_framebuffer (const VfCheck *check);
void vf_check_bar (const VfCheck *check);
void vf_check_nvidia (const VfCheck *check);
void vf_check_compositor (const VfCheck *check);
void vf_check_holders (const VfCheck *check);
void vf_check_daemon (const VfCheck *check);
void vf_check_stuck (const VfCheck *check);
void vf_check_libvirt (const VfCheck *check);
void vf_check_hook (const VfCheck *check);
void vf_check_hook_called (const VfCheck *check);
void vf_check_confinement (const VfCheck *check);
void vf_check_guest_firmware (const VfCheck *check);
void vf_check_shutdown (const VfCheck *check);

/* Only where a VM is asked about. */
void vf_check_vm_spice (const VfCheck *check);
void vf_check_vm_devices (const VfCheck *check);
void vf_check_vm_whole_gpu (const VfCheck *check);
void vf_check_vm_managed (const VfCheck *check);
void vf_check_vm_saved (const VfCheck *check);
void vf_check_vm_machine (const VfCheck *check);
void vf_check_vm_video (const VfCheck *check);
