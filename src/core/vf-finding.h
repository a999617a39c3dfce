/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one check of the doctor found: a condition of passing a GPU to a VM, what was read of it,
 * and what to do. A value with owned strings. */
#pragma once

#include <glib.h>

/* From good to bad. */
typedef enum {
    VF_VERDICT_OK,
    VF_VERDICT_UNKNOWN, /* it could not be measured */
    VF_VERDICT_WARNING, /* it works, and may not go well */
    VF_VERDICT_FAILED,  /* as long as that is so no GPU, or not this one, can be passed */
} VfVerdict;

typedef struct {
    const char *check; /* stable id of the check: "iommu"; a literal */
    VfVerdict verdict;
    char *subject; /* "0000:01:00.0", the name of a VM; "" for the host as a whole */
    char *fact;    /* a sentence: what was read */
    char *advice;  /* sentences: what to do; "" when nothing has to be done */
} VfFinding;

/* Takes @fact and @advice (may be NULL). */
VfFinding *vf_finding_new (
    const char *check, VfVerdict verdict, const char *subject, char *fact, char *advice);
void vf_finding_free (VfFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfFinding, vf_finding_free)

/* "ok", "unknown", "warning", "failed". */
const char *vf_verdict_id (VfVerdict verdict);

/* The worst of @findings (VfFinding values); what is unknown is no worse than ok. */
VfVerdict vf_findings_worst (const GPtrArray *findings);
