/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow return". */
#include "vfc-commands.h"

#include "vfc-gpu-choice.h"
#include "vfc-switch.h"

static gboolean dry_run;

static const GOptionEntry options[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Say what would happen, and do nothing", NULL },
    { 0 },
};

static gboolean
give_back (VfcRun *run, char **arguments, GError **error)
{
    VfClient *client = vfc_run_client (run, error);
    g_autoptr (VfClientGpu) gpu = NULL;

    if (client == NULL)
        return FALSE;
    gpu = vfc_gpu_choose (client, arguments[0], vfc_gpu_fits_return, error);
    if (gpu == NULL)
        return FALSE;
    return dry_run ? vfc_switch_plan (run, gpu, VF_TARGET_HOST, error)
                   : vfc_switch_run (run, gpu, VF_TARGET_HOST, error);
}

const VfcCommand vfc_command_return = {
    .name = "return",
    .arguments = "[GPU]",
    .description = "Gives a GPU back to the host. A VM that was given it by \"virtflow activate\""
                   " keeps the\npermission: its next start takes the GPU again. A GPU that a"
                   " running VM uses stays.\n\nGPU is its address (0000:01:00.0 or 01:00.0), a part"
                   " of its model's name, or nothing when\nonly one is away.",
    .example = "  virtflow return 01:00.0",
    .options = options,
    .fewest = 0,
    .most = 1,
    .run = give_back,
};
