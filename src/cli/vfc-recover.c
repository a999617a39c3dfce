/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow recover". */
#include "vfc-commands.h"

#include "vfc-agent.h"
#include "vfc-by-hand.h"
#include "vfc-gpu-choice.h"
#include "vfc-json.h"

#include <stdio.h>

static void
answer (VfcRun *run, char **report)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "report");
    json_builder_begin_array (builder);
    for (guint i = 0; report[i] != NULL; i++)
        json_builder_add_string_value (builder, report[i]);
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

static gboolean
recover_by_hand (VfcRun *run, const char *gpu, GError **error)
{
    g_auto (GStrv) report = NULL;
    gboolean recovered = vfc_by_hand_recover (run, gpu, &report, error);

    if (report != NULL)
        answer (run, report);
    return recovered;
}

/* The one that @name means, or all that need it. */
static GStrv
ask_daemon (VfClient *client, const char *name, GError **error)
{
    g_autoptr (VfClientGpu) gpu = NULL;

    if (name == NULL)
        return vf_client_recover (client, error);
    gpu = vfc_gpu_choose (client, name, NULL, error);
    return gpu != NULL ? vf_client_recover_gpu (gpu, error) : NULL;
}

/* The report is for people; where the GPUs are now tells how it went. */
static gboolean
check_result (VfClient *client, GError **error)
{
    g_autoptr (GPtrArray) gpus = vf_client_list_gpus (client);

    /* The changes came before the answer, and wait to be looked at. */
    while (g_main_context_iteration (NULL, FALSE))
        ;
    for (guint i = 0; i < gpus->len; i++) {
        const char *state = vf_dbus_gpu_get_state (g_ptr_array_index (gpus, i));

        if (g_strcmp0 (state, "wedged") == 0)
            vf_error_set (error, VF_REASON_WEDGED, "A GPU does not answer.");
        else if (g_strcmp0 (state, "mixed") == 0)
            vf_error_set (error, VF_REASON_UNDO_FAILED,
                          "Not every GPU could be brought to one side.");
        else
            continue;
        return FALSE;
    }
    return TRUE;
}

static gboolean
recover (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (VfcAgent) agent = NULL;
    g_autoptr (GError) local = NULL;
    g_auto (GStrv) report = NULL;
    VfClient *client = vfc_run_client (run, &local);

    if (client == NULL && vfc_by_hand_is_possible (run))
        return recover_by_hand (run, arguments[0], error);
    if (client == NULL) {
        vf_error_set (error, vf_error_reason (local),
                      "%s\nWithout the daemon only root can do it: sudo virtflow recover",
                      local->message);
        return FALSE;
    }
    agent = vfc_agent_new (run);
    report = ask_daemon (client, arguments[0], error);
    if (report == NULL)
        return FALSE;
    if (run->json)
        answer (run, report);
    else if (report[0] == NULL)
        vfc_say ("Every GPU is where it belongs.");
    else
        for (guint i = 0; report[i] != NULL; i++)
            puts (report[i]);
    return check_result (client, error);
}

const VfcCommand vfc_command_recover = {
    .name = "recover",
    .arguments = "[GPU]",
    .description =
        "Brings every GPU whose switch was not finished, or whose functions disagree, back to"
        " the\nhost, and says what it found.\n\nA GPU that is away from the host without a"
        " record of VirtFlow is brought there only when it\nis named, by its address"
        " (0000:01:00.0 or 01:00.0) or a part of its model's name: then each\nfunction goes to the"
        " driver that the kernel itself finds for it.\n\nAs root it also works with the daemon"
        " down.",
    .example = "  virtflow recover\n  sudo virtflow recover 01:00.0",
    .fewest = 0,
    .most = 1,
    .run = recover,
};
