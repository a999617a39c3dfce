/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow lend". */
#include "vfc-commands.h"

#include "vfc-gpu-choice.h"
#include "vfc-switch.h"

static gboolean dry_run;

static const GOptionEntry options[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Say what would happen, and do nothing", NULL },
    { 0 },
};

static gboolean
lend (VfcRun *run, char **arguments, GError **error)
{
    VfClient *client = vfc_run_client (run, error);
    g_autoptr (VfClientGpu) gpu = NULL;

    if (client == NULL)
        return FALSE;
    gpu = vfc_gpu_choose (client, arguments[0], vfc_gpu_fits_lending, error);
    if (gpu == NULL)
        return FALSE;
    return dry_run ? vfc_switch_plan (run, gpu, VF_TARGET_VFIO, error)
                   : vfc_switch_run (run, gpu, VF_TARGET_VFIO, error);
}

const VfcCommand vfc_command_lend = {
    .name = "lend",
    .arguments = "[GPU]",
    .description = "Takes a GPU with all its functions away from the host and reserves it for you,"
                   " until it is\nreturned. A VM that was given a GPU by \"virtflow activate\" does"
                   " not need this. Ctrl+C undoes\nit while it is under way.\n\nGPU is its address "
                   "(0000:01:00.0 or 01:00.0), a part of its"
                   " model's name, or nothing when\nonly one can be lent.",
    .example = "  virtflow lend 01:00.0 --dry-run\n  virtflow lend 01:00.0",
    .options = options,
    .fewest = 0,
    .most = 1,
    .run = lend,
};
