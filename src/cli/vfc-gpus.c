/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow gpus". */
#include "vfc-commands.h"

#include "vfc-survey.h"

#include "vf-text.h"

static gboolean
list_gpus (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GPtrArray) gpus = vfc_survey_with_daemon (run, error);
    g_autoptr (JsonBuilder) builder = NULL;

    if (gpus == NULL)
        return FALSE;
    if (run->json) {
        builder = vfc_json_begin ();
        vfc_gpu_add_json_list (gpus, builder);
        vfc_json_end (run, builder);
    } else if (gpus->len > 0)
        vfc_gpu_print_table (run, gpus);
    else {
        g_autofree char *sentence = vf_text_too_few_gpus (0);

        vfc_say ("%s", sentence);
    }
    return TRUE;
}

const VfcCommand vfc_command_gpus = {
    .name = "gpus",
    .arguments = "",
    .description = "Lists the GPUs of this host with all functions that are handed over together,"
                   " their drivers\nand IOMMU groups, and where each GPU is. Needs no rights, wakes"
                   " no sleeping card, and works\nwithout the daemon.",
    .example = "  virtflow gpus\n  virtflow gpus --json",
    .run = list_gpus,
};
