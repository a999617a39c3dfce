/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words for what a change will do. */
#include "vfl-forecast.h"

#include "vf-text.h"
#include "vfl-fact.h"

#include <glib/gi18n-lib.h>

static char *
join (const GPtrArray *texts)
{
    GString *joined = g_string_new (NULL);

    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf (joined, "%s%s", i > 0 ? ", " : "",
                                (const char *) g_ptr_array_index (texts, i));
    return g_string_free (joined, FALSE);
}

/* The functions besides the display; NULL when there is none. */
static char *
companions (VflGpu *gpu)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 1; i < vfl_gpu_n_functions (gpu); i++) {
        VflFunction function = vfl_gpu_function (gpu, i);

        g_ptr_array_add (names, g_strdup_printf ("%s (%s)", function.kind, function.address));
    }
    return names->len > 0 ? join (names) : NULL;
}

static void
add_shutdown (VflChange *change, GPtrArray *facts)
{
    g_autofree char *title = NULL;

    if (!vfl_machine_is_active (vfl_change_machine (change)))
        return;
    title = g_strdup_printf (_ ("%s is shut down"), vfl_machine_name (vfl_change_machine (change)));
    vfl_fact_add (facts, title, "%s",
                  _ ("Its guest is asked to, as by its power button. If it does not, nothing is "
                     "changed."));
}

static void
add_journey (VflChange *change, GPtrArray *facts)
{
    VflGpu *gpu = vfl_change_gpu (change);
    g_autofree char *others = companions (gpu);
    g_autofree char *title = g_strdup_printf (_ ("%s goes to %s"), vfl_gpu_name (gpu),
                                              vfl_machine_name (vfl_change_machine (change)));

    vfl_fact_add (facts, title, "%s%s%s%s",
                  vfl_change_on_start (change) ? _ ("Not now, but each time the machine starts.")
                                               : _ ("Now, and each time the machine starts."),
                  others != NULL ? " " : "", others != NULL ? _ ("With it goes: ") : "",
                  others != NULL ? others : "");
    vfl_fact_add (facts, _ ("It comes back by itself"), "%s",
                  _ ("Whenever the machine stops, however it does, the host has its card again."));
}

static void
add_losses (VflChange *change, GPtrArray *facts)
{
    const VfOutlook *outlook = vfl_change_outlook (change);
    g_autofree char *losses = outlook != NULL ? join (outlook->losses) : NULL;

    if (losses != NULL && *losses != '\0')
        vfl_fact_add (facts, _ ("Taken out of the machine"), "%s", losses);
}

static void
add_screen (VflDaemon *daemon, GPtrArray *facts)
{
    GListModel *gpus = vfl_daemon_gpus (daemon);

    for (guint i = 0; i < g_list_model_get_n_items (gpus); i++) {
        g_autoptr (VflGpu) gpu = g_list_model_get_item (gpus, i);

        if (!vfl_gpu_is_host_display (gpu))
            continue;
        vfl_fact_add (facts, _ ("Your screen stays on"),
                      _ ("The host’s picture comes from %s (%s), which stays."), vfl_gpu_name (gpu),
                      vfl_gpu_address (gpu));
        return;
    }
}

static void
add_deactivation (VflChange *change, GPtrArray *facts)
{
    VflGpu *gpu = vfl_change_gpu (change);

    if (gpu != NULL && !vfl_gpu_is_home (gpu))
        vfl_fact_add (facts, _ ("The card returns to the host"), "%s", vfl_gpu_name (gpu));
    vfl_fact_add (facts, _ ("The machine gets back what it had"), "%s",
                  _ ("Its virtual display, sound and all else that was taken out for the card. "
                     "What you have changed since stays changed."));
    vfl_fact_add (facts, _ ("To undo it"), "%s", _ ("Activate the GPU again."));
}

static void
add_activation (VflChange *change, VflDaemon *daemon, GPtrArray *facts)
{
    add_journey (change, facts);
    add_losses (change, facts);
    add_screen (daemon, facts);
    vfl_fact_add (facts, _ ("To undo it"), "%s",
                  _ ("Deactivate GPU makes the machine as it was, whenever you like."));
}

void
vfl_forecast_show_consequences (VflChange *change, VflDaemon *daemon, GListStore *store)
{
    g_autoptr (GPtrArray) facts = vfl_facts_new ();

    add_shutdown (change, facts);
    if (!vfl_change_is_activation (change))
        add_deactivation (change, facts);
    else if (vfl_change_gpu (change) != NULL)
        add_activation (change, daemon, facts);
    vfl_facts_show (store, facts);
}

void
vfl_forecast_show_reasons (VflChange *change, GListStore *store)
{
    const VfOutlook *outlook = vfl_change_outlook (change);
    const GError *error = vfl_change_error (change);
    g_autoptr (GPtrArray) facts = vfl_facts_new ();
    gboolean refused = vfl_change_phase (change) == VFL_CHANGE_REFUSED;

    if (refused && error != NULL)
        vfl_fact_add (facts, _ ("It cannot be done now"), "%s", error->message);
    for (guint i = 0; refused && outlook != NULL && i < outlook->blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (outlook->blockers, i);

        vfl_fact_add (facts, blocker->subject, "%s", blocker->sentence);
    }
    vfl_facts_show (store, facts);
}

static void
add_inputs (VflChange *change, GPtrArray *facts)
{
    const GPtrArray *choices = vfl_change_input_choices (change);
    guint n_wanted = 0;

    for (guint i = 0; choices != NULL && i < choices->len; i++) {
        const VfInputChoice *choice = g_ptr_array_index (choices, i);
        g_autofree char *warning = NULL;

        if (!vfl_change_wants_input (change, choice->input))
            continue;
        n_wanted++;
        warning = vf_input_choice_warning (choice);
        if (warning != NULL)
            vfl_fact_add (facts, choice->name, "%s", warning);
    }
    if (n_wanted == 0)
        vfl_fact_add (facts, _ ("The machine has no keyboard and mouse of yours"), "%s",
                      _ ("Without its virtual display they do not reach it. Choose some above, or "
                         "use a remote desktop inside the guest."));
}

static void
add_guest (const VfGuest *guest, GPtrArray *facts)
{
    g_autofree char *advice = guest != NULL ? vf_guest_advice (guest) : NULL;

    if (guest == NULL)
        vfl_fact_add (facts, _ ("The guest is looked at"), "%s",
                      _ ("This takes three seconds at most."));
    else if (advice != NULL)
        vfl_fact_add (facts, _ ("About the guest"), "%s", advice);
    else if (guest->agent == VF_GUEST_AGENT_ANSWERS)
        vfl_fact_add (facts, _ ("The guest is ready"), "%s",
                      guest->os != NULL ? guest->os : _ ("Its agent answers."));
}

void
vfl_forecast_show_advice (VflChange *change, GListStore *store)
{
    g_autoptr (GPtrArray) facts = vfl_facts_new ();

    if (vfl_change_is_activation (change)) {
        if (vfl_change_lacks_monitor (change))
            vfl_fact_add (
                facts, _ ("No monitor is connected to the card"), "%s",
                _ ("The machine’s picture appears on the outputs of the card alone. Connect "
                   "a monitor there, or switch one to that input."));
        add_guest (vfl_change_guest (change), facts);
        add_inputs (change, facts);
    }
    vfl_facts_show (store, facts);
}

char *
vfl_forecast_details (VflChange *change)
{
    const VfOutlook *outlook = vfl_change_outlook (change);
    GString *text = g_string_new (NULL);

    for (guint i = 0;
         outlook != NULL && outlook->plan != NULL && i < vf_plan_length (outlook->plan); i++) {
        g_autofree char *step = vf_text_step (vf_plan_step (outlook->plan, i));

        g_string_append_printf (text, "%2u  %s\n", i + 1, step);
    }
    if (outlook != NULL && outlook->diff != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", outlook->diff);
    return g_strchomp (g_string_free (text, FALSE));
}
