/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the values of findings, and the names of verdicts. */
#include "vf-finding.h"

VfFinding *
vf_finding_new (const char *check, VfVerdict verdict, const char *subject, char *fact, char *advice)
{
    VfFinding *finding = g_new (VfFinding, 1);

    *finding = (VfFinding){ .check = check,
                            .verdict = verdict,
                            .subject = g_strdup (subject),
                            .fact = fact,
                            .advice = advice != NULL ? advice : g_strdup ("") };
    return finding;
}

void
vf_finding_free (VfFinding *finding)
{
    if (finding == NULL)
        return;
    g_free (finding->subject);
    g_free (finding->fact);
    g_free (finding->advice);
    g_free (finding);
}

const char *
vf_verdict_id (VfVerdict verdict)
{
    static const char *const ids[] = {
        [VF_VERDICT_OK] = "ok",
        [VF_VERDICT_UNKNOWN] = "unknown",
        [VF_VERDICT_WARNING] = "warning",
        [VF_VERDICT_FAILED] = "failed",
    };

    return ids[verdict];
}

VfVerdict
vf_findings_worst (const GPtrArray *findings)
{
    VfVerdict worst = VF_VERDICT_OK;

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        if (finding->verdict > VF_VERDICT_UNKNOWN)
            worst = MAX (worst, finding->verdict);
    }
    return worst;
}
