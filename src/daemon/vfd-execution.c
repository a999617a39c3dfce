/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk through a plan and the links to the helpers that it takes. */
#include "vfd-execution.h"

#include "vf-blocker.h"
#include "vf-holder.h"
#include "vf-text.h"
#include "vfd-vfio-use.h"

#define N_ACTORS (VF_ACTOR_MODULES + 1)

/* How often a sound server is looked at while it is given time. */
#define GRACE_INTERVAL 50

static const struct {
    const char *socket;
    const char *reply_type;
} helpers_of[] = {
    [VF_ACTOR_WORKER] = { "worker", "(sss)" },
    [VF_ACTOR_PROBE] = { "probe", "(ssv)" },
    [VF_ACTOR_MODULES] = { "modules", "(sss)" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (helpers_of) == N_ACTORS);

struct _VfdExecution {
    VfPlan *plan;
    VfdExecutionScene scene;
    GArray *functions;
    const VfdExecutionEvents *events;
    gpointer data;
    VfdLink *links[N_ACTORS];
    guint step;
    guint source_id;
    gint64 grace_end; /* monotonic time until which a sound server is waited for; 0 before it */
};

static void ask (VfdExecution *execution);

void
vfd_execution_free (VfdExecution *execution)
{
    g_clear_handle_id (&execution->source_id, g_source_remove);
    for (int i = 0; i < N_ACTORS; i++)
        g_clear_pointer (&execution->links[i], vfd_link_free);
    vf_plan_unref (execution->plan);
    g_array_unref (execution->functions);
    g_free (execution);
}

static const VfStep *
current (const VfdExecution *execution)
{
    return vf_plan_step (execution->plan, execution->step);
}

/* The receiver may free the execution: nothing comes after it. */
static void
end (VfdExecution *execution, const GError *error)
{
    VfdLink *stuck = NULL;

    if (error != NULL && vf_error_is (error, VF_REASON_WEDGED))
        stuck = g_steal_pointer (&execution->links[vf_step_actor (current (execution)->kind)]);
    execution->events->ended (execution->step, error, stuck, execution->data);
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

    execution->source_id = 0;
    ask (execution);
    return G_SOURCE_REMOVE;
}

/* Whether the step may go on, must be asked again, or fails with @error. */
typedef enum {
    VERDICT_FREE,
    VERDICT_WAIT,
    VERDICT_HELD,
} Verdict;

static Verdict
judge_holders (VfdExecution *execution, const GPtrArray *holders, GError **error)
{
    g_autoptr (GPtrArray) blockers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    const VfStep *step = current (execution);

    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        if (step->kind == VF_STEP_CHECK_VFIO_USERS)
            g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_VM_RUNNING, "",
                                                       vf_text_vm_running (step->address, holder)));
        else if (!vf_holder_is_idle_sound_server (holder))
            g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_HELD_BY_PROCESS, "",
                                                       vf_text_held (step->address, holder)));
    }
    if (blockers->len > 0) {
        g_propagate_error (error, vf_blockers_to_error (blockers));
        return VERDICT_HELD;
    }
    /* A sound server that does not let go in time closes the card when it sees it vanish: the
     * unbind waits for exactly that (sound/core/init.c), and has a deadline of its own. */
    if (holders->len == 0 || g_get_monotonic_time () >= execution->grace_end)
        return VERDICT_FREE;
    return VERDICT_WAIT;
}

static void
take_probe_answer (VfdExecution *execution, GVariant *answer)
{
    g_autoptr (GPtrArray) holders = vf_holders_from_variant (answer);
    g_autoptr (GError) error = NULL;

    if (holders == NULL) {
        vf_error_set (&error, VF_REASON_INTERNAL, "virtflow-probe gave an answer of another form");
        end (execution, error);
        return;
    }
    if (execution->grace_end == 0)
        execution->grace_end =
            g_get_monotonic_time () + (gint64) execution->scene.policy->sound_server_grace * 1000;
    switch (judge_holders (execution, holders, &error)) {
    case VERDICT_FREE:
        go_on (execution, "");
        break;
    case VERDICT_WAIT:
        execution->source_id = g_timeout_add (GRACE_INTERVAL, on_grace_interval, execution);
        break;
    case VERDICT_HELD:
        end (execution, error);
        break;
    }
}

static void
on_reply (GVariant *reply, const GError *error, gpointer data)
{
    VfdExecution *execution = data;
    const char *reason_id, *sentence;
    VfReason reason = VF_REASON_INTERNAL;

    if (error != NULL) {
        end (execution, error);
        return;
    }
    g_variant_get_child (reply, 0, "&s", &reason_id);
    g_variant_get_child (reply, 1, "&s", &sentence);
    if (*reason_id != '\0') {
        g_autoptr (GError) refused = NULL;

        vf_reason_from_id (reason_id, &reason);
        refused = vf_error_new (reason, "%s", sentence);
        end (execution, refused);
    } else if (vf_step_actor (current (execution)->kind) == VF_ACTOR_PROBE) {
        g_autoptr (GVariant) answer = NULL;

        g_variant_get_child (reply, 2, "v", &answer);
        take_probe_answer (execution, answer);
    } else {
        const char *answer;

        g_variant_get_child (reply, 2, "&s", &answer);
        go_on (execution, answer);
    }
}

GVariant *
vfd_execution_question (const char *kind, const GArray *functions)
{
    GVariantBuilder addresses;

    g_variant_builder_init (&addresses, G_VARIANT_TYPE ("as"));
    for (guint i = 0; i < functions->len; i++)
        g_variant_builder_add (
            &addresses, "s",
            vf_pci_address_format (g_array_index (functions, VfPciAddress, i)).text);
    return g_variant_new ("(sas)", kind, &addresses);
}

static gboolean
open_link (VfdExecution *execution, VfActor actor, GError **error)
{
    if (execution->links[actor] == NULL)
        execution->links[actor] = vfd_link_open (execution->scene.helpers, helpers_of[actor].socket,
                                                 helpers_of[actor].reply_type, error);
    return execution->links[actor] != NULL;
}

static void
ask (VfdExecution *execution)
{
    const VfStep *step = current (execution);
    VfActor actor = vf_step_actor (step->kind);
    g_autoptr (GError) error = NULL;
    GVariant *request;

    if (step->kind == VF_STEP_CHECK_VFIO_USERS
        && vfd_vfio_use_is_none (execution->scene.root, execution->functions)) {
        go_on (execution, "");
        return;
    }
    if (!open_link (execution, actor, &error)) {
        end (execution, error);
        return;
    }
    if (actor == VF_ACTOR_PROBE)
        request = vfd_execution_question (
            step->kind == VF_STEP_CHECK_HOLDERS ? "holders" : "vfio-users", execution->functions);
    else
        request = vf_step_to_variant (step);
    vfd_link_call (execution->links[actor], request, execution->scene.policy->step_deadline,
                   on_reply, execution);
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
            open_link (execution, vf_step_actor (kind), NULL);
    }
    execution->source_id = g_idle_add (on_next, execution);
    return execution;
}
