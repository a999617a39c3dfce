/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that only who works with libvirt knows. */
#pragma once

#include "vfc-candidates.h"

/* Ends with one without a word. */
extern const VfcCandidateSource vfc_candidates_of_vms[];
