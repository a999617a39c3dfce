/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words for what came of a change. */
#include "vfl-outcome.h"

#include <glib/gi18n-lib.h>

void
vfl_outcome_free (VflOutcome *outcome)
{
    g_free (outcome->title);
    g_free (outcome->sentence);
    g_free (outcome->hint);
    g_free (outcome->details);
    g_free (outcome);
}

static VflOutcome
success (VflChange *change)
{
    const char *name = vfl_machine_name (vfl_change_machine (change));
    VflGpu *gpu = vfl_change_gpu (change);
    const char *card = gpu != NULL ? vfl_gpu_name (gpu) : "";

    if (!vfl_change_is_activation (change))
        return (VflOutcome){
            .title = g_strdup_printf (_ ("%s Is as It Was"), name),
            .sentence =
                g_strdup (gpu != NULL && vfl_gpu_is_home (gpu)
                              ? _ ("It has its virtual display again, and the host has its card.")
                              : _ ("It has its virtual display again.")),
            .can_start = TRUE,
            .hint = g_strdup (""),
        };
    return (VflOutcome){
        .title =
            g_strdup_printf (vfl_change_on_start (change) ? _ ("%s Will Have Its Graphics Card")
                                                          : _ ("%s Has Its Graphics Card"),
                             name),
        .sentence = g_strdup_printf (vfl_change_on_start (change)
                                         ? _ ("It takes the %s at each start, and gives it back at "
                                              "each stop.")
                                         : _ ("The %s waits for it. It gives the card back at each "
                                              "stop, and takes it again at each start."),
                                     card),
        .can_start = TRUE,
        .hint = g_strdup (_ ("Its picture appears on the monitor that is connected to the card. "
                             "Inside the guest, install the driver of the card’s maker, as on any "
                             "computer with that card.")),
    };
}

/* The steps of the card's last switch, as they ended. */
static void
add_steps (GString *text, VflGpu *gpu)
{
    GListModel *steps = G_LIST_MODEL (vfl_gpu_steps (gpu));

    for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
        g_autoptr (VflStep) step = g_list_model_get_item (steps, i);
        g_autofree char *standing = NULL;

        g_object_get (step, "standing-words", &standing, NULL);
        g_string_append_printf (text, "\n%2u  %s  %s", i + 1, vfl_step_text (step), standing);
    }
}

static VflOutcome
failure (VflChange *change)
{
    const GError *error = vfl_change_error (change);
    gboolean cancelled = vf_error_is (error, VF_REASON_CANCELLED);
    GString *details = g_string_new (NULL);

    g_string_append_printf (details, "%s\n%s %s", vf_reason_id (vf_error_reason (error)),
                            vfl_machine_name (vfl_change_machine (change)),
                            vfl_machine_uuid (vfl_change_machine (change)));
    if (vfl_change_gpu (change) != NULL) {
        g_string_append_printf (details, "\n%s %s", vfl_gpu_name (vfl_change_gpu (change)),
                                vfl_gpu_address (vfl_change_gpu (change)));
        add_steps (details, vfl_change_gpu (change));
    }
    g_string_append_printf (details, "\n%s", error->message);
    return (VflOutcome){
        .icon = cancelled ? "process-stop-symbolic" : "dialog-error-symbolic",
        .title =
            g_strdup (cancelled                           ? _ ("Cancelled")
                      : vfl_change_is_activation (change) ? _ ("The Card Was Not Activated")
                                                          : _ ("The Card Was Not Deactivated")),
        .sentence = g_strdup (error->message),
        .hint = g_strdup (""),
        .details = g_string_free (details, FALSE),
    };
}

VflOutcome *
vfl_outcome_new (VflChange *change)
{
    VflOutcome outcome =
        vfl_change_phase (change) == VFL_CHANGE_DONE ? success (change) : failure (change);

    if (outcome.icon == NULL)
        outcome.icon = "object-select-symbolic";
    if (outcome.details == NULL)
        outcome.details = g_strdup ("");
    return g_memdup2 (&outcome, sizeof outcome);
}
