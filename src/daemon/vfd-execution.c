/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk through a plan and the links to the helpers that it takes. */
#include "vfd-execution.h"

#include "vf-holder.h"
#include "vf-planner.h"
#include "vf-reply.h"
#include "vf-text.h"
#include "vfd-diagnosis.h"
#include "vfd-inquiry.h"
#include "vfd-vfio-use.h"

/* How often a sound server is looked at while it is given time. */
#define GRACE_INTERVAL 50

/* virtflow-services gives up before that by itself: what it waits for is no kernel, and a service
 * that does not answer wedges no card. In milliseconds. */
#define SERVICES_DEADLINE 25000

/* What is left of a step's deadline when it is asked why it does not come back. */
#define DIAGNOSIS_MILLISECONDS 2500

struct _VfdExecution {
    VfPlan *plan;
    VfdExecutionScene scene;
    GArray *functions;
    const VfdExecutionEvents *events;
    gpointer data;
    VfdLink *worker; /* each is NULL until it is needed */
    VfdLink *modules;
    VfdLink *services;
    VfdInquiry *inquiry;
    GError *refusal;         /* of a driver that is in use, while the probe is asked by whom */
    VfdDiagnosis *diagnosis; /* of the current step, when it takes long */
    guint step;
    guint source_id;
    gint64 grace_end; /* monotonic time until which a sound server is waited for; 0 before it */
};

static void ask (VfdExecution *execution);

void
vfd_execution_free (VfdExecution *execution)
{
    g_clear_handle_id (&execution->source_id, g_source_remove);
    g_clear_pointer (&execution->worker, vfd_link_free);
    g_clear_pointer (&execution->modules, vfd_link_free);
    g_clear_pointer (&execution->services, vfd_link_free);
    g_clear_pointer (&execution->inquiry, vfd_inquiry_free);
    g_clear_error (&execution->refusal);
    g_clear_pointer (&execution->diagnosis, vfd_diagnosis_free);
    vf_plan_unref (execution->plan);
    g_array_unref (execution->functions);
    g_free (execution);
}

static const VfStep *
current (const VfdExecution *execution)
{
    return vf_plan_step (execution->plan, execution->step);
}

/* The connection to the helper that the current step belongs to, for the receiver. */
static VfdLink *
take_link (VfdExecution *execution)
{
    switch (vf_step_actor (current (execution)->kind)) {
    case VF_ACTOR_WORKER:
        return g_steal_pointer (&execution->worker);
    case VF_ACTOR_MODULES:
        return g_steal_pointer (&execution->modules);
    case VF_ACTOR_SERVICES:
        return NULL;
    case VF_ACTOR_PROBE:
        return vfd_inquiry_to_link (g_steal_pointer (&execution->inquiry));
    case VF_ACTOR_DAEMON:
        return NULL;
    }
    g_return_val_if_reached (NULL);
}

static GError *
wedged_error (const VfdExecution *execution)
{
    const VfStep *step = current (execution);
    g_autofree char *details =
        execution->diagnosis != NULL ? vfd_diagnosis_details (execution->diagnosis) : g_strdup ("");
    g_autofree char *sentence = vf_text_wedged (step->address, step, details);

    return vf_error_new (VF_REASON_WEDGED, "%s", sentence);
}

/* The receiver may free the execution: nothing comes after it. */
static void
end (VfdExecution *execution, const GError *error)
{
    g_autoptr (GError) wedged = NULL;
    VfdLink *stuck = NULL;

    if (vf_error_is (error, VF_REASON_WEDGED)) {
        wedged = wedged_error (execution);
        stuck = take_link (execution);
    }
    execution->events->ended (execution->step, wedged != NULL ? wedged : error, stuck,
                              execution->data);
}

static gboolean
on_next (gpointer data)
{
    VfdExecution *execution = data;
    g_autoptr (GError) error = NULL;

    execution->source_id = 0;
    if (execution->step == vf_plan_length (execution->plan)) {
        end (execution, NULL);
        return G_SOURCE_REMOVE;
    }
    if (execution->events->about_to (execution->step, execution->data, &error))
        ask (execution);
    else
        end (execution, error);
    return G_SOURCE_REMOVE;
}

static void
go_on (VfdExecution *execution, const char *answer)
{
    execution->events->answered (execution->step, answer, execution->data);
    execution->step++;
    execution->grace_end = 0;
    on_next (execution);
}

static gboolean
on_grace_interval (gpointer data)
{
    VfdExecution *execution = data;
    g_autoptr (GError) error = NULL;

    execution->source_id = 0;
    /* Somebody may have thought better of it while the sound server did not. */
    if (execution->events->about_to (execution->step, execution->data, &error))
        ask (execution);
    else
        end (execution, error);
    return G_SOURCE_REMOVE;
}

/* Whether the step may go on, must be asked again, or fails with @error. */
typedef enum {
    VERDICT_FREE,
    VERDICT_WAIT,
    VERDICT_HELD,
} Verdict;

static gboolean
is_first_look (const VfStep *step)
{
    return step->kind == VF_STEP_CHECK_HOLDERS && *step->value == '\0';
}

static gboolean
is_any_sound_server (const GPtrArray *holders)
{
    for (guint i = 0; i < holders->len; i++)
        if (vf_holder_is_idle_sound_server (g_ptr_array_index (holders, i)))
            return TRUE;
    return FALSE;
}

static Verdict
judge_holders (VfdExecution *execution, const GPtrArray *holders, GError **error)
{
    g_autoptr (GPtrArray) blockers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    const VfStep *step = current (execution);

    vf_planner_block_holders (step->kind == VF_STEP_CHECK_VFIO_USERS ? VF_TARGET_HOST
                                                                     : VF_TARGET_VFIO,
                              step->address, holders, !is_first_look (step), blockers);
    if (blockers->len > 0) {
        g_propagate_error (error, vf_blockers_to_error (blockers));
        return VERDICT_HELD;
    }
    /* A sound server that does not let go in time closes the card when it sees it vanish: the
     * unbind waits for exactly that (sound/core/init.c), and has a deadline of its own. */
    if (!is_any_sound_server (holders) || g_get_monotonic_time () >= execution->grace_end)
        return VERDICT_FREE;
    return VERDICT_WAIT;
}

static void
on_holders (const GPtrArray *holders, const GError *error, gpointer data)
{
    VfdExecution *execution = data;
    g_autoptr (GError) refusal = NULL;

    if (error != NULL) {
        end (execution, error);
        return;
    }
    if (execution->grace_end == 0)
        execution->grace_end =
            g_get_monotonic_time () + (gint64) execution->scene.policy->sound_server_grace * 1000;
    switch (judge_holders (execution, holders, &refusal)) {
    case VERDICT_FREE:
        go_on (execution, "");
        break;
    case VERDICT_WAIT:
        execution->source_id = g_timeout_add (GRACE_INTERVAL, on_grace_interval, execution);
        break;
    case VERDICT_HELD:
        end (execution, refusal);
        break;
    }
}

static gboolean
open_link (VfdExecution *execution, VfdLink **link, const char *name, GError **error)
{
    if (*link == NULL)
        *link = vfd_link_open (execution->scene.helpers, name, VF_STEP_REPLY_TYPE, error);
    return *link != NULL;
}

/* Starts the helper of @actor, if it does not run. */
static gboolean
start_helper (VfdExecution *execution, VfActor actor, GError **error)
{
    switch (actor) {
    case VF_ACTOR_WORKER:
        return open_link (execution, &execution->worker, "worker", error);
    case VF_ACTOR_MODULES:
        return open_link (execution, &execution->modules, "modules", error);
    case VF_ACTOR_SERVICES:
        return open_link (execution, &execution->services, "services", error);
    case VF_ACTOR_PROBE:
        if (execution->inquiry == NULL)
            execution->inquiry = vfd_inquiry_new (execution->scene.helpers, error);
        return execution->inquiry != NULL;
    case VF_ACTOR_DAEMON:
        return TRUE;
    }
    g_return_val_if_reached (FALSE);
}

/* Who keeps the driver from being unloaded. When the probe finds nobody, or cannot say, what the
 * kernel said has to do. */
static void
on_users_of_driver (const GPtrArray *holders, const GError *error, gpointer data)
{
    VfdExecution *execution = data;
    g_autoptr (GError) refusal = g_steal_pointer (&execution->refusal);
    g_autoptr (GPtrArray) blockers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    g_autoptr (GError) named = NULL;

    if (holders != NULL)
        vf_planner_block_holders (VF_TARGET_VFIO, current (execution)->address, holders, TRUE,
                                  blockers);
    if (blockers->len > 0)
        named = vf_blockers_to_error (blockers);
    end (execution, named != NULL ? named : refusal);
}

/* A step was refused: ends with the reason that helps most. Takes @refusal. */
static void
end_refused (VfdExecution *execution, GError *refusal)
{
    if (vf_error_is (refusal, VF_REASON_MODULE_IN_USE)
        && start_helper (execution, VF_ACTOR_PROBE, NULL)) {
        execution->refusal = refusal;
        vfd_inquiry_ask (execution->inquiry, VFD_INQUIRY_HOLDERS, execution->functions,
                         execution->scene.policy->step_deadline, on_users_of_driver, execution);
        return;
    }
    end (execution, refusal);
    g_error_free (refusal);
}

static void
on_reply (GVariant *reply, const GError *error, gpointer data)
{
    VfdExecution *execution = data;
    g_autofree char *answer = NULL;
    GError *refusal = NULL;

    g_clear_handle_id (&execution->source_id, g_source_remove);
    if (error == NULL)
        g_clear_pointer (&execution->diagnosis, vfd_diagnosis_free);
    if (error != NULL)
        end (execution, error);
    else if ((answer = vf_reply_step_answer (reply, &refusal)) != NULL)
        go_on (execution, answer);
    else
        end_refused (execution, refusal);
}

static void
on_reply_of_services (GVariant *reply, const GError *error, gpointer data)
{
    g_autoptr (GError) late = NULL;

    if (vf_error_is (error, VF_REASON_WEDGED))
        late = vf_error_new (VF_REASON_SERVICE_FAILED,
                             "systemd does not say what became of the services that keep the card "
                             "open. 'systemctl list-jobs' shows what it waits for.");
    on_reply (reply, late != NULL ? late : error, data);
}

static guint
time_of_diagnosis (const VfdExecution *execution)
{
    return MIN (DIAGNOSIS_MILLISECONDS, execution->scene.policy->step_deadline / 2);
}

static gboolean
on_long_step (gpointer data)
{
    VfdExecution *execution = data;

    execution->source_id = 0;
    execution->diagnosis = vfd_diagnosis_new (g_steal_pointer (&execution->inquiry),
                                              execution->scene.helpers, execution->functions,
                                              current (execution), time_of_diagnosis (execution));
    return G_SOURCE_REMOVE;
}

static void
call_actor (VfdExecution *execution, VfdLink *actor)
{
    guint deadline = execution->scene.policy->step_deadline;

    vfd_link_call (actor, vf_step_to_variant (current (execution)), deadline, on_reply, execution);
    execution->source_id =
        g_timeout_add (deadline - time_of_diagnosis (execution), on_long_step, execution);
}

static void
call_helper (VfdExecution *execution)
{
    const VfStep *step = current (execution);
    VfActor actor = vf_step_actor (step->kind);

    if (actor == VF_ACTOR_SERVICES)
        vfd_link_call (execution->services, vf_step_to_variant (step), SERVICES_DEADLINE,
                       on_reply_of_services, execution);
    else if (actor == VF_ACTOR_PROBE)
        vfd_inquiry_ask (
            execution->inquiry,
            step->kind == VF_STEP_CHECK_HOLDERS ? VFD_INQUIRY_HOLDERS : VFD_INQUIRY_VFIO_USERS,
            execution->functions, execution->scene.policy->step_deadline, on_holders, execution);
    else
        call_actor (execution, actor == VF_ACTOR_WORKER ? execution->worker : execution->modules);
}

static gboolean
on_pause_over (gpointer data)
{
    VfdExecution *execution = data;

    execution->source_id = 0;
    go_on (execution, "");
    return G_SOURCE_REMOVE;
}

static void
ask (VfdExecution *execution)
{
    const VfStep *step = current (execution);
    g_autoptr (GError) error = NULL;

    if (step->kind == VF_STEP_CHECK_VFIO_USERS
        && vfd_vfio_use_is_none (execution->scene.root, execution->functions))
        go_on (execution, "");
    else if (step->kind == VF_STEP_PAUSE)
        execution->source_id = g_timeout_add ((guint) g_ascii_strtoull (step->value, NULL, 10),
                                              on_pause_over, execution);
    else if (start_helper (execution, vf_step_actor (step->kind), &error))
        call_helper (execution);
    else
        end (execution, error);
}

VfdExecution *
vfd_execution_start (VfPlan *plan,
                     const VfdExecutionScene *scene,
                     const VfdExecutionEvents *events,
                     gpointer data)
{
    VfdExecution *execution = g_new0 (VfdExecution, 1);

    execution->plan = vf_plan_ref (plan);
    execution->scene = *scene;
    execution->functions = g_array_copy ((GArray *) scene->functions);
    execution->events = events;
    execution->data = data;
    /* All helpers start at once, while the first ones work; a failure shows when its turn comes. */
    for (guint i = 0; i < vf_plan_length (plan); i++) {
        VfStepKind kind = vf_plan_step (plan, i)->kind;

        if (kind != VF_STEP_CHECK_VFIO_USERS)
            start_helper (execution, vf_step_actor (kind), NULL);
    }
    execution->source_id = g_idle_add (on_next, execution);
    return execution;
}
