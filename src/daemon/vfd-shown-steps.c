/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the steps of a switch stand. */
#include "vfd-shown-steps.h"

#include "vf-text.h"

typedef struct {
    char *text;
    const char *standing; /* "waiting", "running", "done", "failed" */
    gint64 microseconds;
} Step;

struct _VfdShownSteps {
    GArray *steps;
    guint before; /* how many of them belong to the plans before the newest one */
    gint64 began; /* the one that runs */
};

static void
clear (gpointer data)
{
    Step *step = data;

    g_free (step->text);
}

VfdShownSteps *
vfd_shown_steps_new (void)
{
    VfdShownSteps *steps = g_new0 (VfdShownSteps, 1);

    steps->steps = g_array_new (FALSE, FALSE, sizeof (Step));
    g_array_set_clear_func (steps->steps, clear);
    return steps;
}

void
vfd_shown_steps_free (VfdShownSteps *steps)
{
    g_array_unref (steps->steps);
    g_free (steps);
}

void
vfd_shown_steps_add (VfdShownSteps *steps, const VfPlan *plan)
{
    steps->before = steps->steps->len;
    for (guint i = 0; i < vf_plan_length (plan); i++) {
        Step step = { vf_text_step (vf_plan_step (plan, i)), "waiting", 0 };

        g_array_append_val (steps->steps, step);
    }
}

static Step *
find (VfdShownSteps *steps, guint step)
{
    return &g_array_index (steps->steps, Step, steps->before + step);
}

gboolean
vfd_shown_steps_begin (VfdShownSteps *steps, guint step)
{
    if (g_str_equal (find (steps, step)->standing, "running"))
        return FALSE;
    find (steps, step)->standing = "running";
    steps->began = g_get_monotonic_time ();
    return TRUE;
}

static void
set_ended (VfdShownSteps *steps, guint step, const char *standing)
{
    find (steps, step)->standing = standing;
    find (steps, step)->microseconds = g_get_monotonic_time () - steps->began;
}

void
vfd_shown_steps_end (VfdShownSteps *steps, guint step)
{
    set_ended (steps, step, "done");
}

void
vfd_shown_steps_fail (VfdShownSteps *steps, guint step)
{
    set_ended (steps, step, "failed");
}

void
vfd_shown_steps_leave (VfdShownSteps *steps, guint step)
{
    find (steps, step)->standing = "waiting";
}

GVariant *
vfd_shown_steps_to_variant (const VfdShownSteps *steps)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sst)"));
    for (guint i = 0; i < steps->steps->len; i++) {
        const Step *step = &g_array_index (steps->steps, Step, i);

        g_variant_builder_add (&builder, "(sst)", step->text, step->standing,
                               (guint64) step->microseconds);
    }
    return g_variant_builder_end (&builder);
}

guint
vfd_shown_steps_current (const VfdShownSteps *steps)
{
    guint index = 0;

    for (guint i = steps->before; i < steps->steps->len; i++) {
        if (g_str_equal (g_array_index (steps->steps, Step, i).standing, "running"))
            return i;
    }
    while (index < steps->steps->len
           && g_str_equal (g_array_index (steps->steps, Step, index).standing, "done"))
        index++;
    return index;
}
