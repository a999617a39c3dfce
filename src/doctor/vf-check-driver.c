/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the host's drivers of GPUs. */
#include "vf-check.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* From here on its remove waits for ever for a program that has the card open, even after that has
 * ended (https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1119). */
#define FIRST_HANGING 595

void
vf_check_nvidia (const VfCheck *check)
{
    const char *version = check->facts->host->nvidia_version;

    if (version == NULL)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("NVIDIA's driver is not loaded."));
    else if (atoi (version) < FIRST_HANGING)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("NVIDIA's driver is %s."), version);
    else
        vf_check_tell (check, VF_VERDICT_WARNING, "",
                       _ ("VirtFlow refuses to lend a GPU that is in use, so that this does not "
                          "happen. Do not unbind it by hand."),
                       _ ("NVIDIA's driver is %s, which may hang until the host restarts when a "
                          "GPU is taken from it while a program has it open."),
                       version);
}
