/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what checks have in common. */
#include "vf-check.h"

void
vf_check_tell (const VfCheck *check,
               VfVerdict verdict,
               const char *subject,
               const char *advice,
               const char *format,
               ...)
{
    va_list arguments;

    va_start (arguments, format);
    g_ptr_array_add (check->findings,
                     vf_finding_new (check->id, verdict, subject,
                                     g_strdup_vprintf (format, arguments), g_strdup (advice)));
    va_end (arguments);
}

void
vf_check_each_spare (const VfCheck *check, void (*judge) (const VfCheck *check, const VfGpu *gpu))
{
    g_autoptr (GArray) gpus = vf_gpu_list (check->facts->machine);

    for (guint i = 0; i < gpus->len && gpus->len > 1; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, check->facts->machine);

        if (evidence == NULL)
            judge (check, gpu);
    }
}
