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
