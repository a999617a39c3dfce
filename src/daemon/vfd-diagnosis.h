/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a step does not come back: where in the kernel its worker stands, and who holds what it waits
 * for. Found by the probe, which does not look at the card for it; begun before the deadline of the
 * step, so that the answer that is due then can say it. */
#pragma once

#include "vf-step.h"
#include "vfd-inquiry.h"

typedef struct _VfdDiagnosis VfdDiagnosis;

/* Asks about @step of the card of @functions (VfPciAddress values). Takes @inquiry, by which the
 * holders were asked for before; NULL when they were not. @helpers is the folder of the helpers'
 * sockets; each answer is waited for @deadline milliseconds. */
VfdDiagnosis *vfd_diagnosis_new (VfdInquiry *inquiry,
                                 const char *helpers,
                                 const GArray *functions,
                                 const VfStep *step,
                                 guint deadline);
void vfd_diagnosis_free (VfdDiagnosis *diagnosis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdDiagnosis, vfd_diagnosis_free)

/* What was found out until now, a line each, for vf_text_wedged(); the caller owns it. */
char *vfd_diagnosis_details (const VfdDiagnosis *diagnosis);

/* The line about the worker in an answer to VFD_INQUIRY_STUCK; the caller owns it, "" for none. */
char *vfd_diagnosis_of_worker (const GPtrArray *workers);
