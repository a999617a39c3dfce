/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges every condition of passing a GPU of this host to a VM. Pure: facts in, findings out. */
#pragma once

#include "vf-domain-xml.h"
#include "vf-finding.h"
#include "vf-host-facts.h"
#include "vf-service-facts.h"
#include "vf-snapshot.h"

/* A VM that is asked about. */
typedef struct {
    const char *name;
    const VfDomainXml *domain;
    gboolean is_saved; /* its next start goes on from a saved memory image */
} VfDoctorVm;

/* What is known. The parts belong to the caller. */
typedef struct {
    const VfHostFacts *host;
    const VfSnapshot *machine;
    const VfServiceFacts *services;
    const VfDoctorVm *vm;    /* NULL: none is asked about */
    const VfPciAddress *gpu; /* NULL: none in particular; else no other one is spoken of */
} VfDoctorFacts;

/* Findings (VfFinding) in the order in which a person would mend them; the caller owns the array,
 * which frees them. */
GPtrArray *vf_doctor_examine (const VfDoctorFacts *facts);

/* The ids of all checks, in that order; ends with NULL. */
const char *const *vf_doctor_checks (void);
