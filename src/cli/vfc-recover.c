/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow recover". */
#include "vfc-commands.h"

#include "vfc-agent.h"
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
recover (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (VfcAgent) agent = NULL;
    g_auto (GStrv) report = NULL;
    VfClient *client = vfc_run_client (run, error);

    if (client == NULL)
        return FALSE;
    agent = vfc_agent_new (run);
    report = vf_client_recover (client, error);
    if (report == NULL)
        return FALSE;
    if (run->json)
        answer (run, report);
    else if (report[0] == NULL)
        vfc_say ("Every GPU is where it belongs.");
    else
        for (guint i = 0; report[i] != NULL; i++)
            puts (report[i]);
    return TRUE;
}

const VfcCommand vfc_command_recover = {
    .name = "recover",
    .arguments = "",
    .description = "Brings every GPU whose switch was not finished, or whose functions disagree,"
                   " back to the\nhost, and says what it found.",
    .example = "  virtflow recover",
    .run = recover,
};
