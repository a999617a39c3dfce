/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the host's drivers of GPUs. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* From here on its remove waits for ever for a program that has the card open, even after that has
 * ended (https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1119). */
#define FIRST_HANGING 595

void
vf_check_nvidia (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *version = facts->host->nvidia_version;
    VfFinding *finding;

    if (version == NULL)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup (_ ("NVIDIA's driver is not loaded.")), NULL);
    else if (atoi (version) < FIRST_HANGING)
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup_printf (_ ("NVIDIA's driver is %s."), version), NULL);
    else
        finding = vf_finding_new (
            id, VF_VERDICT_WARNING, "",
            g_strdup_printf (
                _ ("NVIDIA's driver is %s, which may hang until the host restarts when a "
                   "GPU is taken from it while a program has it open."),
                version),
            g_strdup (
                _ ("VirtFlow refuses to lend a GPU that is in use, so that this does not happen. "
                   "Do not unbind it by hand.")));
    g_ptr_array_add (findings, finding);
}
