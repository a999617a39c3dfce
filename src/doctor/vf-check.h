/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of the doctor. Each adds what it finds, with its own id: one finding for the host, or
 * one for each GPU. */
#pragma once

#include "vf-doctor.h"

typedef void (*VfCheck) (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);

void vf_check_cpu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_kvm (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_iommu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_interrupts (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vfio (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vfio_pci (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vfio_type1 (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_reservations (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_bans (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_gpus (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_display (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_group (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_reset (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_monitor (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_framebuffer (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_bar (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_nvidia (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_hook (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_confinement (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_guest_firmware (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_shutdown (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_daemon (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_libvirt (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_hook_called (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_compositor (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_holders (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_carried (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_spice (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_devices (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_whole_gpu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_managed (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_saved (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_machine (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
void vf_check_vm_video (const char *id, const VfDoctorFacts *facts, GPtrArray *findings);
