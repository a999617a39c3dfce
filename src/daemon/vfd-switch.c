/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the course of a switch: plan, journal, execution, the way back. */
#include "vfd-switch.h"

#include "vf-refusal.h"
#include "vf-text.h"
#include "vf-way.h"
#include "vfd-kernel-line.h"
#include "vfd-shown-steps.h"

#include <glib/gi18n-lib.h>

struct _VfdSwitch {
    VfdSwitchScene scene;
    VfPciAddress gpu;
    VfTarget target; /* of the plan that runs; the other one on the way back */
    gboolean by_alias;
    VfClaim *claimant;
    const VfdSwitchEvents *events;
    gpointer data;
    guint start_id;
    VfdExecution *execution;
    gboolean was_unfinished; /* before it began */
    gboolean was_homeward;   /* likewise */
    gboolean cancelled;      /* ends before its next step */
    gboolean made_record;
    gboolean record_changed; /* since it was journaled last */
    GError *failure;         /* set: on the way back because of it */
    GArray *refusals;        /* VfRefusal, on the way to the host */
    GError *refusal;         /* the newest of them */
    gint64 began;            /* monotonic time */
    VfdKernelLine *question; /* what the kernel said about the refusal */
    VfdShownSteps *shown;
};

static void follow_plan (VfdSwitch *self, VfPlan *plan, const VfGpu *gpu);

void
vfd_switch_free (VfdSwitch *self)
{
    g_clear_handle_id (&self->start_id, g_source_remove);
    g_clear_pointer (&self->execution, vfd_execution_free);
    vf_claim_free (self->claimant);
    g_clear_error (&self->failure);
    g_clear_error (&self->refusal);
    g_clear_pointer (&self->question, vfd_kernel_line_free);
    g_array_unref (self->refusals);
    vfd_shown_steps_free (self->shown);
    g_free (self);
}

VfTarget
vfd_switch_target (const VfdSwitch *self)
{
    return self->target;
}

GVariant *
vfd_switch_steps (const VfdSwitch *self)
{
    return vfd_shown_steps_to_variant (self->shown);
}

guint
vfd_switch_step (const VfdSwitch *self)
{
    return vfd_shown_steps_current (self->shown);
}

static void
end (VfdSwitch *self, const GError *error, VfdLink *stuck)
{
    self->events->ended (self, error, stuck, self->data);
}

static VfFacts
gather_facts (const VfdSwitch *self)
{
    const VfdLease *lease = self->scene.lease;

    return (VfFacts){ .snapshot = vfd_inventory_snapshot (self->scene.inventory),
                      .record = lease->record,
                      .unfinished = lease->plan != NULL,
                      .claim = lease->claim,
                      .refusals = self->refusals,
                      .policy = self->scene.policy };
}

static VfPlan *
make_plan (VfdSwitch *self, GPtrArray **blockers)
{
    VfFacts facts = gather_facts (self);
    VfRequest request = { self->target, self->gpu, self->failure == NULL ? self->claimant : NULL,
                          self->by_alias };

    return vf_planner_plan (&facts, &request, blockers);
}

/* Forgets what was noted for a switch that wrote nothing. */
static void
forget_attempt (VfdSwitch *self)
{
    VfdLease *lease = self->scene.lease;

    if (self->was_unfinished)
        return;
    vfd_lease_set_plan (lease, NULL);
    if (self->made_record)
        vfd_lease_be_home (lease);
    else
        lease->homeward = lease->record != NULL && self->was_homeward;
    vfd_lease_save (lease, self->scene.journal, NULL);
}

static void
give_up (VfdSwitch *self, const char *why)
{
    g_autoptr (GError) error = vf_error_new (
        VF_REASON_UNDO_FAILED,
        "%s\nThe way back failed as well: %s\nRun 'virtflow recover'; if that does not help, "
        "restart the host.",
        self->failure->message, why);

    end (self, error, NULL);
}

/* By the newest snapshot. FALSE when it is not in its slot. */
static gboolean
find_gpu (const VfdSwitch *self, VfGpu *gpu)
{
    return vf_gpu_find (vfd_inventory_snapshot (self->scene.inventory), self->gpu, gpu);
}

static gboolean
stands (const VfdSwitch *self, VfStand stand)
{
    VfGpu gpu;

    return find_gpu (self, &gpu) && vf_planner_stand (&gpu, self->scene.lease->record) == stand;
}

/* A return that failed behind its last bind: the host has its card, and nothing would be better if
 * it was taken away again. What is missing stays noted for recovery. */
static void
end_at_home (VfdSwitch *self, const GError *failure)
{
    gboolean lost = vf_error_is (failure, VF_REASON_REGISTERS_LOST);
    g_autoptr (GError) error = vf_error_new (
        lost ? VF_REASON_REGISTERS_LOST : VF_REASON_UNDO_FAILED,
        "%s\nThe GPU is on its host drivers, and not all is as it was before. Run 'virtflow "
        "recover' when the cause is gone.",
        failure->message);

    end (self, error, NULL);
}

static gboolean
is_any_on_vfio (const VfdSwitch *self)
{
    VfGpu gpu;

    if (!find_gpu (self, &gpu))
        return FALSE;
    for (guint i = 0; i < gpu.n_functions; i++) {
        if (vf_pci_function_on_vfio (gpu.functions[i]))
            return TRUE;
    }
    return FALSE;
}

/* A return that failed behind its first unbind, and not at a driver that could be asked again. */
static void
end_half_way (VfdSwitch *self, const GError *failure)
{
    g_autoptr (GError) error = vf_error_new (
        VF_REASON_UNDO_FAILED,
        "%s\nThe GPU is neither with the host nor reserved. Run 'virtflow recover' when the cause "
        "is gone, or restart the host.",
        failure->message);

    end (self, error, NULL);
}

/* Back to the host a card is given once more, after a while, when it was not taken: nothing of it
 * is on vfio-pci any more, and nobody would want it there again. FALSE when that is not so, or when
 * it was tried often enough. */
static gboolean
try_again (VfdSwitch *self, const VfStep *step, const GError *failure)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;
    VfGpu gpu;

    if (self->target != VF_TARGET_HOST || step == NULL || stands (self, VF_STAND_HOST)
        || is_any_on_vfio (self) || !find_gpu (self, &gpu))
        return FALSE;
    if (step->kind == VF_STEP_RESET) {
        vf_refusal_add_failed_reset (self->refusals, step->address);
    } else if (vf_refusal_add (self->refusals, step->address)
               > self->scene.policy->n_return_waits + 2) {
        return FALSE;
    } else {
        g_clear_error (&self->refusal);
        self->refusal = g_error_copy (failure);
    }
    plan = make_plan (self, &blockers);
    if (plan == NULL)
        return FALSE;
    follow_plan (self, plan, &gpu);
    return TRUE;
}

static void
turn_back (VfdSwitch *self, const GError *failure)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;
    VfGpu gpu;

    if (self->target == VF_TARGET_HOST && stands (self, VF_STAND_HOST)) {
        end_at_home (self, failure);
        return;
    }
    if (self->target == VF_TARGET_HOST
        && (self->scene.lease->record == NULL || !is_any_on_vfio (self))) {
        end_half_way (self, failure);
        return;
    }
    self->failure = g_error_copy (failure);
    self->target = self->target == VF_TARGET_VFIO ? VF_TARGET_HOST : VF_TARGET_VFIO;
    plan = make_plan (self, &blockers);
    if (plan == NULL) {
        g_autoptr (GError) error = vf_blockers_to_error (blockers);

        give_up (self, error->message);
    } else if (find_gpu (self, &gpu)) {
        follow_plan (self, plan, &gpu);
    }
}

/* Nothing was written for it. The GPU need not be with the host: it may have been lent before, or
 * left half-way. */
static void
end_cancelled_unbegun (VfdSwitch *self, const GError *cancelled)
{
    const char *where = stands (self, VF_STAND_HOST) && self->scene.lease->plan == NULL
                            ? _ ("the host has the GPU.")
                        : stands (self, VF_STAND_LENT)
                            ? _ ("the GPU is still reserved.")
                            : _ ("the GPU is half-way, as before. Run 'virtflow recover'.");
    g_autoptr (GError) error =
        vf_error_new (VF_REASON_CANCELLED, "%s\nNothing was done: %s", cancelled->message, where);

    end (self, error, NULL);
}

static void
fail (VfdSwitch *self, guint step, const GError *error, VfdLink *stuck)
{
    const VfPlan *plan = self->scene.lease->plan;
    const VfStep *failed = step < vf_plan_length (plan) ? vf_plan_step (plan, step) : NULL;

    if (stuck != NULL) {
        end (self, error, stuck);
        return;
    }
    vfd_inventory_refresh (self->scene.inventory);
    if (try_again (self, failed, error))
        return;
    if (self->failure != NULL)
        give_up (self, error->message);
    else if (step == 0 && self->refusals->len == 0) {
        forget_attempt (self);
        if (vf_error_is (error, VF_REASON_CANCELLED))
            end_cancelled_unbegun (self, error);
        else
            end (self, error, NULL);
    } else {
        turn_back (self, error);
    }
}

/* The function that its driver refused for good; NULL when there is none. */
static const VfPciFunction *
find_refused (const VfdSwitch *self, const VfGpu *gpu)
{
    VfFacts facts = gather_facts (self);

    for (guint i = 0; i < gpu->n_functions; i++) {
        if (vf_way_gives_up (&facts, gpu->functions[i]->address))
            return gpu->functions[i];
    }
    return NULL;
}

static void
on_kernel_line (const char *line, gpointer data)
{
    VfdSwitch *self = data;
    g_autofree char *shown = vf_text_escape (line);
    g_autoptr (GError) error = NULL;

    if (*line != '\0')
        vf_error_set (&error, VF_REASON_DRIVER_REFUSED,
                      "%s\nThe kernel says: %s\nIt was tried again and again. What was refused has "
                      "no driver now, and the rest of the card is on the host. Run 'virtflow "
                      "recover' when the cause is gone, or restart the host.",
                      self->refusal->message, shown);
    else
        vf_error_set (&error, VF_REASON_DRIVER_REFUSED,
                      "%s\nIt was tried again and again. What was refused has no driver now, and "
                      "the rest of the card is on the host. Run 'virtflow recover' when the cause "
                      "is gone, or restart the host.",
                      self->refusal->message);
    if (self->failure != NULL)
        give_up (self, error->message);
    else
        end (self, error, NULL);
}

/* All that could come home is there; what its driver refused has none. That stays noted. */
static void
end_refused (VfdSwitch *self, const VfPciFunction *refused)
{
    const VfRecord *record = self->scene.lease->record;
    const VfFunctionRecord *home =
        record != NULL ? vf_record_find (record, refused->address) : NULL;

    self->question = vfd_kernel_line_ask (self->scene.helpers, refused->address,
                                          home != NULL ? home->driver : "", self->began,
                                          self->scene.policy->step_deadline, on_kernel_line, self);
}

static void
end_where_it_should_be (VfdSwitch *self)
{
    VfdLease *lease = self->scene.lease;
    g_autoptr (GError) error = NULL;

    vfd_lease_set_plan (lease, NULL);
    if (self->target == VF_TARGET_HOST) {
        vfd_lease_be_home (lease);
    } else if (self->claimant != NULL && self->failure == NULL) {
        vfd_lease_set_claim (lease, vf_claim_copy (self->claimant));
        lease->homeward = FALSE;
    }
    if (!vfd_lease_save (lease, self->scene.journal, &error))
        g_warning ("%s", error->message);
    if (self->failure != NULL) {
        g_autoptr (GError) undone =
            vf_error_new (vf_error_reason (self->failure), "%s\nEverything was undone: %s.",
                          self->failure->message,
                          self->target == VF_TARGET_HOST ? _ ("the host has the GPU")
                                                         : _ ("the GPU is still reserved"));

        end (self, undone, NULL);
    } else {
        end (self, NULL, NULL);
    }
}

/* Each step was verified by the worker; this looks once more at the whole. */
static void
look_at_result (VfdSwitch *self, guint n_steps)
{
    VfStand wanted = self->target == VF_TARGET_VFIO ? VF_STAND_LENT : VF_STAND_HOST;
    const VfPciFunction *refused;
    g_autoptr (GError) error = NULL;
    VfGpu gpu;

    vfd_inventory_refresh (self->scene.inventory);
    if (stands (self, wanted)) {
        end_where_it_should_be (self);
        return;
    }
    if (find_gpu (self, &gpu) && (refused = find_refused (self, &gpu)) != NULL) {
        end_refused (self, refused);
        return;
    }
    vf_error_set (&error, VF_REASON_WRONG_DRIVER,
                  "Every step went well, yet the functions of %s are not where they should be: "
                  "something else binds drivers at the same time. Stop it, then try again.",
                  vf_pci_address_format (self->gpu).text);
    fail (self, n_steps, error, NULL);
}

/* Recovery needs the plan and the record, which must be on disk before the write that they
 * describe; how far the plan went is for the person who looks into a hang, which only a driver can
 * cause. */
static gboolean
is_worth_journaling (const VfdSwitch *self, const VfStep *step)
{
    return self->record_changed || vf_step_changes_driver (step->kind);
}

gboolean
vfd_switch_cancel (VfdSwitch *self)
{
    if (self->target != VF_TARGET_VFIO || self->failure != NULL)
        return FALSE;
    self->cancelled = TRUE;
    return TRUE;
}

static gboolean
is_cancelled (const VfdSwitch *self, GError **error)
{
    g_autofree char *sentence = NULL;

    if (!self->cancelled || self->failure != NULL)
        return FALSE;
    sentence = vf_text_cancelled (self->gpu);
    vf_error_set (error, VF_REASON_CANCELLED, "%s", sentence);
    return TRUE;
}

static gboolean
on_about_to (guint step, gpointer data, GError **error)
{
    VfdSwitch *self = data;
    VfdLease *lease = self->scene.lease;
    g_autoptr (GError) local = NULL;

    if (is_cancelled (self, error))
        return FALSE;
    if (!vfd_shown_steps_begin (self->shown, step))
        return TRUE;
    lease->step = step;
    self->events->progressed (self, self->data);
    if (!is_worth_journaling (self, vf_plan_step (lease->plan, step)))
        return TRUE;
    if (vfd_lease_save (lease, self->scene.journal, &local)) {
        self->record_changed = FALSE;
        return TRUE;
    }
    /* A return goes on without: nothing is worth more than that the GPU comes back. */
    if (self->target == VF_TARGET_HOST) {
        g_warning ("%s", local->message);
        return TRUE;
    }
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static void
on_answered (guint step, const char *answer, gpointer data)
{
    VfdSwitch *self = data;
    VfdLease *lease = self->scene.lease;

    vfd_shown_steps_end (self->shown, step);
    if (vfd_lease_note_answer (lease, vf_plan_step (lease->plan, step), answer))
        self->record_changed = TRUE;
}

static void
show_failure (VfdSwitch *self, guint step, const GError *failure)
{
    /* One that was cancelled has no step that failed. */
    if (vf_error_is (failure, VF_REASON_CANCELLED))
        vfd_shown_steps_leave (self->shown, step);
    else
        vfd_shown_steps_fail (self->shown, step);
    self->events->progressed (self, self->data);
}

static void
on_execution_ended (guint step, const GError *error, VfdLink *stuck, gpointer data)
{
    VfdSwitch *self = data;
    /* The error may belong to the execution that is freed here. */
    g_autoptr (GError) failure = error != NULL ? g_error_copy (error) : NULL;

    g_clear_pointer (&self->execution, vfd_execution_free);
    if (failure == NULL && !is_cancelled (self, &failure)) {
        look_at_result (self, step);
        return;
    }
    if (error != NULL)
        show_failure (self, step, failure);
    fail (self, step, failure, stuck);
}

static const VfdExecutionEvents execution_events = { on_about_to, on_answered, on_execution_ended };

static gboolean
note_plan (VfdSwitch *self, VfPlan *plan, const VfGpu *gpu, GError **error)
{
    VfdLease *lease = self->scene.lease;

    /* What comes home by its alias was not lent: how it stands is not how it belongs. */
    if (lease->record != NULL) {
        vf_record_add_missing (lease->record, gpu);
    } else if (self->target == VF_TARGET_VFIO) {
        lease->record = vf_record_new (gpu);
        self->made_record = TRUE;
    }
    if (self->failure == NULL) {
        lease->homeward = self->target == VF_TARGET_HOST;
        if (self->target == VF_TARGET_VFIO && self->claimant != NULL)
            vfd_lease_set_claim (lease, vf_claim_copy (self->claimant));
    }
    vfd_lease_set_plan (lease, plan);
    return vfd_lease_save (lease, self->scene.journal, error);
}

static void
follow_plan (VfdSwitch *self, VfPlan *plan, const VfGpu *gpu)
{
    g_autoptr (GArray) functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    g_autoptr (GError) error = NULL;
    VfdExecutionScene scene;

    if (vf_plan_length (plan) == 0) {
        end_where_it_should_be (self);
        return;
    }
    if (!note_plan (self, plan, gpu, &error)) {
        if (self->target == VF_TARGET_VFIO && self->failure == NULL) {
            forget_attempt (self);
            end (self, error, NULL);
            return;
        }
        g_warning ("%s", error->message);
    }
    for (guint i = 0; i < gpu->n_functions; i++)
        g_array_append_val (functions, gpu->functions[i]->address);
    vfd_shown_steps_add (self->shown, plan);
    self->events->progressed (self, self->data);
    scene = (VfdExecutionScene){ vfd_inventory_root (self->scene.inventory), self->scene.helpers,
                                 functions, self->scene.policy };
    self->execution = vfd_execution_start (plan, &scene, &execution_events, self);
}

static gboolean
on_start (gpointer data)
{
    VfdSwitch *self = data;
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;
    g_autoptr (GError) cancelled = NULL;
    VfGpu gpu;

    self->start_id = 0;
    vfd_inventory_refresh (self->scene.inventory);
    if (is_cancelled (self, &cancelled)) {
        end_cancelled_unbegun (self, cancelled);
        return G_SOURCE_REMOVE;
    }
    plan = make_plan (self, &blockers);
    if (plan == NULL) {
        g_autoptr (GError) error = vf_blockers_to_error (blockers);

        end (self, error, NULL);
    } else if (find_gpu (self, &gpu)) {
        follow_plan (self, plan, &gpu);
    }
    return G_SOURCE_REMOVE;
}

VfdSwitch *
vfd_switch_start (const VfdSwitchScene *scene,
                  const VfRequest *request,
                  const VfdSwitchEvents *events,
                  gpointer data)
{
    VfdSwitch *self = g_new0 (VfdSwitch, 1);

    self->scene = *scene;
    self->gpu = request->gpu;
    self->target = request->target;
    self->by_alias = request->by_alias;
    self->claimant = vf_claim_copy (request->claimant);
    self->refusals = g_array_new (FALSE, FALSE, sizeof (VfRefusal));
    self->began = g_get_monotonic_time ();
    self->was_unfinished = scene->lease->plan != NULL;
    self->was_homeward = scene->lease->homeward;
    self->events = events;
    self->data = data;
    self->shown = vfd_shown_steps_new ();
    self->start_id = g_idle_add (on_start, self);
    return self;
}
