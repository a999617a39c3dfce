/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the bus sees of a GPU and what it may ask of it. */
#include "vfd-gpu-object.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-dbus.h"
#include "vf-holder.h"
#include "vf-planner.h"
#include "vf-text.h"
#include "vfd-execution.h"
#include "vfd-gpu.h"
#include "vfd-pair.h"

#include <pwd.h>

struct _VfdGpuObject {
    VfdGpu *gpu;
    VfDbusGpu *skeleton;
    VfDbusObjectSkeleton *exported;
    char *path;
    gboolean on_bus; /* only while the card is in its slot */
};

static GVariant *
describe_functions (VfdGpuObject *object, const VfGpu *gpu)
{
    VfdInventory *inventory = vfd_gpu_daemon (object->gpu)->inventory;
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssssi)"));
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];
        g_autofree char *ids = g_strdup_printf ("%04x:%04x", function->vendor, function->device);

        g_variant_builder_add (&builder, "(sssssi)", vf_pci_address_format (function->address).text,
                               vf_pci_function_kind (function), ids,
                               function->driver != NULL ? function->driver : "",
                               vfd_inventory_name (inventory, function), function->iommu_group);
    }
    return g_variant_builder_end (&builder);
}

static VfPlan *
plan (VfdGpu *gpu, VfTarget target, const GPtrArray *holders, GPtrArray **blockers)
{
    VfdDaemon *daemon = vfd_gpu_daemon (gpu);
    const VfdLease *lease = vfd_gpu_lease (gpu);
    VfFacts facts = { .snapshot = vfd_inventory_snapshot (daemon->inventory),
                      .record = lease->record,
                      .unfinished = lease->plan != NULL,
                      .claim = lease->claim,
                      .holders = holders,
                      .policy = daemon->policy };
    VfRequest request = { target, vfd_gpu_address (gpu), NULL };

    return vf_planner_plan (&facts, &request, blockers);
}

static GVariant *
describe_blockers (VfdGpu *gpu)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) lend = plan (gpu, VF_TARGET_VFIO, NULL, &blockers);

    if (lend != NULL)
        return g_variant_new ("a(sss)", NULL);
    return vf_blockers_to_variant (blockers);
}

static void
put_on_bus (VfdGpuObject *object, gboolean on_bus)
{
    GDBusObjectManagerServer *manager = vfd_gpu_daemon (object->gpu)->manager;

    if (on_bus && !object->on_bus)
        g_dbus_object_manager_server_export (manager, G_DBUS_OBJECT_SKELETON (object->exported));
    else if (!on_bus && object->on_bus)
        g_dbus_object_manager_server_unexport (manager, object->path);
    object->on_bus = on_bus;
}

void
vfd_gpu_object_show (VfdGpuObject *object, const char *state)
{
    VfdInventory *inventory = vfd_gpu_daemon (object->gpu)->inventory;
    const VfSnapshot *snapshot = vfd_inventory_snapshot (inventory);
    VfGpu gpu;
    gboolean present = vf_gpu_find (snapshot, vfd_gpu_address (object->gpu), &gpu);

    vf_dbus_gpu_set_state (object->skeleton, state);
    vf_dbus_gpu_set_claimant (object->skeleton,
                              vf_claim_to_variant (vfd_gpu_lease (object->gpu)->claim));
    if (present) {
        g_autofree char *evidence = vf_gpu_host_display_evidence (&gpu, snapshot);

        vf_dbus_gpu_set_name (object->skeleton,
                              vfd_inventory_name (inventory, vf_gpu_display (&gpu)));
        vf_dbus_gpu_set_functions (object->skeleton, describe_functions (object, &gpu));
        vf_dbus_gpu_set_host_display (object->skeleton, evidence != NULL);
        vf_dbus_gpu_set_blockers (object->skeleton, describe_blockers (object->gpu));
    }
    put_on_bus (object, present);
    /* Whoever waits for the end of a switch finds its result in the properties when the answer
     * comes. */
    g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (object->skeleton));
}

void
vfd_gpu_object_show_state (VfdGpuObject *object, const char *state)
{
    vf_dbus_gpu_set_state (object->skeleton, state);
}

void
vfd_gpu_object_show_steps (VfdGpuObject *object, GVariant *steps, guint step)
{
    vf_dbus_gpu_set_steps (object->skeleton, steps);
    vf_dbus_gpu_set_step (object->skeleton, step);
}

void
vfd_gpu_object_show_result (VfdGpuObject *object, const GError *error)
{
    if (error == NULL)
        vf_dbus_gpu_set_result (object->skeleton, g_variant_new ("(ss)", "done", ""));
    else
        vf_dbus_gpu_set_result (
            object->skeleton,
            g_variant_new ("(ss)", vf_reason_id (vf_error_reason (error)), error->message));
}

void
vfd_gpu_object_clear_result (VfdGpuObject *object)
{
    vf_dbus_gpu_set_result (object->skeleton, g_variant_new ("(ss)", "", ""));
}

static gboolean
refuse (GDBusMethodInvocation *invocation, GError *error)
{
    vf_bus_error_return (invocation, error);
    g_error_free (error);
    return TRUE;
}

/* No option has a meaning yet, and one that nobody knows is refused. */
static GError *
check_options (GVariant *options)
{
    const char *key;

    if (g_variant_n_children (options) == 0)
        return NULL;
    g_variant_get_child (options, 0, "{&sv}", &key, NULL);
    return vf_error_new (VF_REASON_INVALID_OPTION, "Unknown option '%.40s'.", key);
}

static GError *
check_target (const char *target_id, VfTarget *target)
{
    if (vf_target_from_id (target_id, target))
        return NULL;
    return vf_error_new (VF_REASON_INVALID_OPTION,
                         "Unknown target '%.40s': it is 'vfio' or 'host'.", target_id);
}

/* A call that waits for virtflow-probe. */
typedef struct {
    VfdGpuObject *object;
    GDBusMethodInvocation *invocation;
    VfTarget target;
    VfdLink *probe;
    void (*answer) (VfdGpuObject *object,
                    GDBusMethodInvocation *invocation,
                    VfTarget target,
                    const GPtrArray *holders);
} Question;

static void
on_probed (GVariant *reply, const GError *error, gpointer data)
{
    Question *question = data;
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GPtrArray) holders = NULL;

    if (reply != NULL) {
        g_variant_get_child (reply, 2, "v", &answer);
        holders = vf_holders_from_variant (answer);
    }
    if (holders != NULL)
        question->answer (question->object, question->invocation, question->target, holders);
    else
        refuse (question->invocation,
                error != NULL ? g_error_copy (error)
                              : vf_error_new (VF_REASON_INTERNAL, "virtflow-probe could not tell "
                                                                  "who holds the card."));
    vfd_link_free (question->probe);
    g_free (question);
}

static void
ask_probe (Question *question)
{
    VfdDaemon *daemon = vfd_gpu_daemon (question->object->gpu);
    g_autoptr (GArray) functions = vfd_gpu_functions (question->object->gpu);
    const char *kind = question->target == VF_TARGET_VFIO ? "holders" : "vfio-users";
    GError *error = NULL;

    question->probe = vfd_link_open (daemon->helpers, "probe", "(ssv)", &error);
    if (question->probe == NULL) {
        refuse (question->invocation, error);
        g_free (question);
        return;
    }
    vfd_link_call (question->probe, vfd_execution_question (kind, functions),
                   daemon->policy->step_deadline, on_probed, question);
}

static void
answer_plan (VfdGpuObject *object,
             GDBusMethodInvocation *invocation,
             VfTarget target,
             const GPtrArray *holders)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) made = plan (object->gpu, target, holders, &blockers);

    if (made == NULL)
        made = vf_plan_new (target, g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free));
    vf_dbus_gpu_complete_plan (object->skeleton, invocation, vf_plan_to_variant (made),
                               blockers != NULL ? vf_blockers_to_variant (blockers)
                                                : g_variant_new ("a(sss)", NULL));
}

static void
begin_question (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    ask_probe (g_memdup2 (data, sizeof (Question)));
}

static gboolean
begin_asking (VfdGpuObject *object,
              GDBusMethodInvocation *invocation,
              VfTarget target,
              void (*answer) (VfdGpuObject *, GDBusMethodInvocation *, VfTarget, const GPtrArray *))
{
    Question question = {
        .object = object, .invocation = invocation, .target = target, .answer = answer
    };

    if (vfd_gpu_is_wedged (object->gpu))
        return refuse (invocation, vf_error_new (VF_REASON_WEDGED,
                                                 "The kernel does not answer about this card."));
    vfd_authorizer_check (vfd_gpu_daemon (object->gpu)->authorizer, invocation, "", begin_question,
                          g_memdup2 (&question, sizeof question), g_free);
    return TRUE;
}

static gboolean
on_plan (VfDbusGpu *skeleton,
         GDBusMethodInvocation *invocation,
         const char *target_id,
         GVariant *options,
         gpointer data)
{
    GError *error;
    VfTarget target = VF_TARGET_HOST;

    if ((error = check_target (target_id, &target)) != NULL
        || (error = check_options (options)) != NULL)
        return refuse (invocation, error);
    return begin_asking (data, invocation, target, answer_plan);
}

static void
answer_inspect (VfdGpuObject *object,
                GDBusMethodInvocation *invocation,
                VfTarget target,
                const GPtrArray *holders)
{
    VfdInventory *inventory = vfd_gpu_daemon (object->gpu)->inventory;
    GVariantBuilder facts;
    VfGpu gpu;

    vfd_inventory_refresh (inventory);
    g_variant_builder_init (&facts, G_VARIANT_TYPE ("a{sv}"));
    if (vf_gpu_find (vfd_inventory_snapshot (inventory), vfd_gpu_address (object->gpu), &gpu)) {
        const VfPciFunction *display = vf_gpu_display (&gpu);
        const char *power = display->runtime_status;
        const char *resets = display->reset_methods;

        g_variant_builder_add (&facts, "{sv}", "power",
                               g_variant_new_string (power != NULL ? power : "unknown"));
        g_variant_builder_add (&facts, "{sv}", "reset-methods",
                               g_variant_new_string (resets != NULL ? resets : ""));
        g_variant_builder_add (&facts, "{sv}", "identity",
                               g_variant_new_take_string (vf_gpu_identity (&gpu)));
    }
    vf_dbus_gpu_complete_inspect (object->skeleton, invocation, g_variant_builder_end (&facts),
                                  vf_holders_to_variant (holders));
}

static gboolean
on_inspect (VfDbusGpu *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdGpuObject *object = data;

    return begin_asking (object, invocation,
                         vfd_gpu_is_lent (object->gpu) ? VF_TARGET_HOST : VF_TARGET_VFIO,
                         answer_inspect);
}

/* A Switch call on its way. */
typedef struct {
    VfdGpuObject *object;
    GDBusMethodInvocation *invocation;
    VfTarget target;
} Call;

static void
on_switched (VfdGpu *gpu, const GError *error, gpointer data)
{
    Call *call = data;

    if (error != NULL)
        vf_bus_error_return (call->invocation, error);
    else
        vf_dbus_gpu_complete_switch (call->object->skeleton, call->invocation);
    g_free (call);
}

static GError *
check_switch (VfdGpu *gpu, VfTarget target)
{
    const VfdLease *lease = vfd_gpu_lease (gpu);

    if (vfd_gpu_is_switching (gpu))
        return vf_error_new (VF_REASON_SWITCH_RUNNING,
                             "A switch of %s is running already. 'virtflow watch' shows it; try "
                             "again when it has ended.",
                             vf_pci_address_format (vfd_gpu_address (gpu)).text);
    if (target == VF_TARGET_HOST && vfd_lease_is_running (lease))
        return vf_error_new (VF_REASON_VM_RUNNING,
                             "The VM %s runs with %s. Shut the VM down; the GPU then comes back by "
                             "itself.",
                             lease->claim->label,
                             vf_pci_address_format (vfd_gpu_address (gpu)).text);
    return NULL;
}

static VfClaim *
claim_of_user (guint32 uid)
{
    g_autofree char *id = g_strdup_printf ("%u", uid);
    struct passwd *entry = getpwuid (uid);

    return vf_claim_new (VF_CLAIM_USER, id, entry != NULL ? entry->pw_name : id);
}

static void
on_switch_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Call *call = data;
    VfdGpu *gpu = call->object->gpu;
    g_autoptr (VfClaim) claimant = claim_of_user (uid);
    GError *error = check_switch (gpu, call->target);

    if (error != NULL)
        refuse (invocation, error);
    else
        vfd_gpu_switch (gpu, call->target, claimant, on_switched, g_memdup2 (call, sizeof *call));
}

static gboolean
on_switch (VfDbusGpu *skeleton,
           GDBusMethodInvocation *invocation,
           const char *target_id,
           GVariant *options,
           gpointer data)
{
    VfdGpuObject *object = data;
    g_autofree char *subject = NULL;
    VfTarget target = VF_TARGET_HOST;
    GError *error;
    Call call;

    if ((error = check_target (target_id, &target)) != NULL
        || (error = check_options (options)) != NULL)
        return refuse (invocation, error);
    call = (Call){ object, invocation, target };
    subject = g_strdup_printf ("GPU %s", vf_dbus_gpu_get_address (skeleton));
    vfd_authorizer_check (vfd_gpu_daemon (object->gpu)->authorizer, invocation, subject,
                          on_switch_granted, g_memdup2 (&call, sizeof call), g_free);
    return TRUE;
}

static gboolean
on_pair (VfDbusGpu *skeleton,
         GDBusMethodInvocation *invocation,
         const char *uuid,
         const char *name,
         const char *before,
         GVariant *options,
         gpointer data)
{
    VfdGpuObject *object = data;

    vfd_pair_begin (object->gpu, skeleton, invocation,
                    &(VfdPairRequest){ uuid, name, before, options });
    return TRUE;
}

VfdGpuObject *
vfd_gpu_object_new (VfdGpu *gpu)
{
    VfdGpuObject *object = g_new0 (VfdGpuObject, 1);

    object->gpu = gpu;
    object->path = vf_bus_gpu_path (vfd_gpu_address (gpu));
    object->skeleton = vf_dbus_gpu_skeleton_new ();
    vf_dbus_gpu_set_address (object->skeleton, vf_pci_address_format (vfd_gpu_address (gpu)).text);
    vf_dbus_gpu_set_steps (object->skeleton, g_variant_new ("a(sst)", NULL));
    vfd_gpu_object_clear_result (object);
    g_signal_connect (object->skeleton, "handle-plan", G_CALLBACK (on_plan), object);
    g_signal_connect (object->skeleton, "handle-inspect", G_CALLBACK (on_inspect), object);
    g_signal_connect (object->skeleton, "handle-switch", G_CALLBACK (on_switch), object);
    g_signal_connect (object->skeleton, "handle-pair", G_CALLBACK (on_pair), object);
    object->exported = vf_dbus_object_skeleton_new (object->path);
    vf_dbus_object_skeleton_set_gpu (object->exported, object->skeleton);
    return object;
}

void
vfd_gpu_object_free (VfdGpuObject *object)
{
    put_on_bus (object, FALSE);
    g_object_unref (object->exported);
    g_object_unref (object->skeleton);
    g_free (object->path);
    g_free (object);
}
