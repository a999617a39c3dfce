/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls Plan and Inspect. */
#include "vfd-gpu-questions.h"

#include "vf-bus-error.h"
#include "vf-holder.h"
#include "vf-planner.h"
#include "vf-process.h"
#include "vf-text.h"
#include "vfd-inquiry.h"

#define N_TARGETS (VF_TARGET_VFIO + 1)

typedef struct _Question Question;

struct _Question {
    VfdGpuQuestions *questions;
    GDBusMethodInvocation *invocation;
    VfTarget target;
    VfClaim *claimant; /* in whose name a plan is asked for; NULL: in the caller's */
    void (*answer) (const Question *question, const GPtrArray *holders);
};

/* Of each target the probe is asked once at a time; who asks meanwhile gets the same answer. So
 * nobody can start more probes than there are GPUs. */
struct _VfdGpuQuestions {
    VfdGpu *gpu;
    VfDbusGpu *skeleton;
    VfdInquiry *inquiries[N_TARGETS];
    GPtrArray *open[N_TARGETS]; /* Question; NULL while none is open */
    gboolean looked;            /* at the machine, since the probe answered */
};

static void
free_question (gpointer data)
{
    Question *question = data;

    vf_claim_free (question->claimant);
    g_free (question);
}

VfdGpuQuestions *
vfd_gpu_questions_new (VfdGpu *gpu, VfDbusGpu *skeleton)
{
    VfdGpuQuestions *questions = g_new0 (VfdGpuQuestions, 1);

    questions->gpu = gpu;
    questions->skeleton = skeleton;
    return questions;
}

void
vfd_gpu_questions_free (VfdGpuQuestions *questions)
{
    for (int i = 0; i < N_TARGETS; i++) {
        g_clear_pointer (&questions->inquiries[i], vfd_inquiry_free);
        g_clear_pointer (&questions->open[i], g_ptr_array_unref);
    }
    g_free (questions);
}

static void
refuse (GDBusMethodInvocation *invocation, GError *error)
{
    vf_bus_error_return (invocation, error);
    g_error_free (error);
}

GError *
vfd_gpu_questions_read_target (const char *target_id, VfTarget *target)
{
    g_autofree char *shown = NULL;

    if (vf_target_from_id (target_id, target))
        return NULL;
    shown = vf_text_escape (target_id);
    return vf_error_new (VF_REASON_INVALID_OPTION,
                         "Unknown target '%.40s': it is 'vfio' or 'host'.", shown);
}

VfClaim *
vfd_gpu_questions_claim_of (guint32 uid)
{
    g_autofree char *id = g_strdup_printf ("%u", uid);
    g_autofree char *name = vf_process_user_name (uid);

    return vf_claim_new (VF_CLAIM_USER, id, name);
}

static void
answer_all (VfdGpuQuestions *questions,
            VfTarget target,
            const GPtrArray *holders,
            const GError *error)
{
    g_autoptr (GPtrArray) open = g_steal_pointer (&questions->open[target]);

    questions->looked = FALSE;
    for (guint i = 0; i < open->len; i++) {
        const Question *question = g_ptr_array_index (open, i);

        if (error != NULL)
            vf_bus_error_return (question->invocation, error);
        else
            question->answer (question, holders);
    }
    g_clear_pointer (&questions->inquiries[target], vfd_inquiry_free);
}

static void
on_holders (const GPtrArray *holders, const GError *error, gpointer data)
{
    answer_all (data, VF_TARGET_VFIO, holders, error);
}

static void
on_vfio_users (const GPtrArray *holders, const GError *error, gpointer data)
{
    answer_all (data, VF_TARGET_HOST, holders, error);
}

static void
ask_probe (VfdGpuQuestions *questions, VfTarget target)
{
    VfdDaemon *daemon = vfd_gpu_daemon (questions->gpu);
    g_autoptr (GArray) functions = vfd_gpu_functions (questions->gpu);
    gboolean lending = target == VF_TARGET_VFIO;
    g_autoptr (GError) error = NULL;
    VfdInquiry *inquiry = vfd_inquiry_new (daemon->helpers, &error);

    questions->inquiries[target] = inquiry;
    if (inquiry == NULL)
        answer_all (questions, target, NULL, error);
    else
        vfd_inquiry_ask (inquiry, lending ? VFD_INQUIRY_HOLDERS : VFD_INQUIRY_VFIO_USERS, functions,
                         daemon->policy->step_deadline, lending ? on_holders : on_vfio_users,
                         questions);
}

static Question *
copy_question (const Question *question)
{
    Question *copy = g_memdup2 (question, sizeof *question);

    copy->claimant = vf_claim_copy (question->claimant);
    return copy;
}

static void
on_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    Question *question = copy_question (data);
    VfdGpuQuestions *questions = question->questions;
    gboolean is_first = questions->open[question->target] == NULL;

    if (question->claimant == NULL)
        question->claimant = vfd_gpu_questions_claim_of (uid);
    if (is_first)
        questions->open[question->target] = g_ptr_array_new_with_free_func (free_question);
    g_ptr_array_add (questions->open[question->target], question);
    if (is_first)
        ask_probe (questions, question->target);
}

/* Takes @question. */
static void
ask (Question *question)
{
    VfdGpu *gpu = question->questions->gpu;

    if (vfd_gpu_is_wedged (gpu)) {
        refuse (question->invocation, vfd_gpu_wedged_error (gpu));
        free_question (question);
        return;
    }
    vfg_authorizer_check (vfd_gpu_daemon (gpu)->authorizer, question->invocation, "", on_granted,
                          question, free_question);
}

static void
answer_plan (const Question *question, const GPtrArray *holders)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = vfd_gpu_plan (question->questions->gpu, question->target,
                                            question->claimant, holders, &blockers);

    if (plan == NULL)
        plan = vf_plan_new (question->target,
                            g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free));
    vf_dbus_gpu_complete_plan (
        question->questions->skeleton, question->invocation, vf_plan_to_variant (plan),
        blockers != NULL ? vf_blockers_to_variant (blockers) : g_variant_new ("a(sss)", NULL));
}

/* "vm": the UUID of the VM that is to have the GPU. An option that nobody knows is refused. */
static GError *
read_plan_options (GVariant *options, VfClaim **claimant)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init (&iter, options);
    while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
        g_autoptr (GVariant) owned = value;

        if (!g_str_equal (key, "vm") || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
            || !vfd_pairing_is_uuid (g_variant_get_string (value, NULL))) {
            g_autofree char *shown = vf_text_escape (key);

            return vf_error_new (VF_REASON_INVALID_OPTION,
                                 "Unknown option '%.40s', or of another form.", shown);
        }
        vf_claim_free (*claimant);
        *claimant = vf_claim_new (VF_CLAIM_VM, g_variant_get_string (owned, NULL), "");
    }
    return NULL;
}

void
vfd_gpu_questions_plan (VfdGpuQuestions *questions,
                        GDBusMethodInvocation *invocation,
                        const char *target_id,
                        GVariant *options)
{
    Question question = { questions, invocation, VF_TARGET_HOST, NULL, answer_plan };
    GError *error;

    if ((error = vfd_gpu_questions_read_target (target_id, &question.target)) != NULL
        || (error = read_plan_options (options, &question.claimant)) != NULL) {
        vf_claim_free (question.claimant);
        refuse (invocation, error);
        return;
    }
    ask (g_memdup2 (&question, sizeof question));
}

static GVariant *
describe_card (VfdInventory *inventory, VfPciAddress address)
{
    GVariantBuilder facts;
    VfGpu gpu;

    g_variant_builder_init (&facts, G_VARIANT_TYPE ("a{sv}"));
    if (vf_gpu_find (vfd_inventory_snapshot (inventory), address, &gpu)) {
        const VfPciFunction *display = vf_gpu_display (&gpu);
        const char *power = display->runtime_status;
        const char *resets = display->reset_methods;

        g_variant_builder_add (&facts, "{sv}", "power",
                               g_variant_new_string (power != NULL ? power : "unknown"));
        g_variant_builder_add (&facts, "{sv}", "reset-methods",
                               g_variant_new_string (resets != NULL ? resets : ""));
        if (display->monitor != NULL)
            g_variant_builder_add (&facts, "{sv}", "monitor",
                                   g_variant_new_string (display->monitor));
        g_variant_builder_add (&facts, "{sv}", "identity",
                               g_variant_new_take_string (vf_gpu_identity (&gpu)));
    }
    return g_variant_builder_end (&facts);
}

static void
answer_inspect (const Question *question, const GPtrArray *holders)
{
    VfdGpu *gpu = question->questions->gpu;
    VfdInventory *inventory = vfd_gpu_daemon (gpu)->inventory;

    /* Once for all who asked. */
    if (!question->questions->looked)
        vfd_inventory_refresh (inventory);
    question->questions->looked = TRUE;
    vf_dbus_gpu_complete_inspect (question->questions->skeleton, question->invocation,
                                  describe_card (inventory, vfd_gpu_address (gpu)),
                                  vf_holders_to_variant (holders));
}

void
vfd_gpu_questions_inspect (VfdGpuQuestions *questions, GDBusMethodInvocation *invocation)
{
    Question question = { questions, invocation, VF_TARGET_VFIO, NULL, answer_inspect };

    if (vfd_gpu_is_lent (questions->gpu))
        question.target = VF_TARGET_HOST;
    ask (g_memdup2 (&question, sizeof question));
}
