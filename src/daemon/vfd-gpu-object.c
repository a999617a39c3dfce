/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the bus sees of a GPU and what it may ask of it. */
#include "vfd-gpu-object.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-dbus.h"
#include "vf-holder.h"
#include "vf-planner.h"
#include "vf-text.h"
#include "vfd-gpu-questions.h"
#include "vfd-pairing-calls.h"
#include "vfd-recovery.h"
#include "vfd-chronicle.h"
#include "vfd-switch.h"

#include <glib/gi18n-lib.h>

/* Steps take milliseconds; nobody reads faster than this. */
#define PROGRESS_MILLISECONDS 100

struct _VfdGpuObject {
    VfdGpu *gpu;
    VfDbusGpu *skeleton;
    VfDbusObjectSkeleton *exported;
    char *path;
    gboolean on_bus; /* only while the card is in its slot */
    guint progress_id;
    VfdGpuQuestions *questions;
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

/* All that counts of one that is wedged. */
static GVariant *
describe_wedge (VfdGpu *gpu)
{
    g_autoptr (GPtrArray) blockers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    g_autoptr (GError) error = vfd_gpu_wedged_error (gpu);

    g_ptr_array_add (blockers, vf_blocker_new (VF_REASON_WEDGED,
                                               vf_pci_address_format (vfd_gpu_address (gpu)).text,
                                               g_strdup (error->message)));
    return vf_blockers_to_variant (blockers);
}

static GVariant *
describe_blockers (VfdGpu *gpu)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) lend = NULL;

    if (vfd_gpu_is_wedged (gpu))
        return describe_wedge (gpu);
    lend = vfd_gpu_plan (gpu, VF_TARGET_VFIO, NULL, NULL, &blockers);
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

static void
show_result (VfdGpuObject *object, const char *id, const char *sentence)
{
    vf_dbus_gpu_set_result (object->skeleton, g_variant_new ("(ss)", id, sentence));
}

static void
show_error (VfdGpuObject *object, const GError *error)
{
    show_result (object, vf_reason_id (vf_error_reason (error)), error->message);
}

/* Also of one that another daemon has seen begin, and what was found out since. */
static void
show_wedge (VfdGpuObject *object)
{
    g_autoptr (GError) error = NULL;

    if (!vfd_gpu_is_wedged (object->gpu))
        return;
    error = vfd_gpu_wedged_error (object->gpu);
    show_error (object, error);
}

static void
show (VfdGpuObject *object)
{
    VfdInventory *inventory = vfd_gpu_daemon (object->gpu)->inventory;
    const VfSnapshot *snapshot = vfd_inventory_snapshot (inventory);
    VfGpu gpu;
    gboolean present = vf_gpu_find (snapshot, vfd_gpu_address (object->gpu), &gpu);

    vf_dbus_gpu_set_state (object->skeleton, vfd_gpu_state_id (object->gpu));
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
    show_wedge (object);
    put_on_bus (object, present);
    /* Whoever waits for the end of a switch finds its result in the properties when the answer
     * comes. */
    g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (object->skeleton));
}

static void
show_steps (VfdGpuObject *object)
{
    const VfdSwitch *running = vfd_gpu_running (object->gpu);

    /* Whom it is on its way to is known as soon as there is a plan. */
    vf_dbus_gpu_set_claimant (object->skeleton,
                              vf_claim_to_variant (vfd_gpu_lease (object->gpu)->claim));
    vf_dbus_gpu_set_steps (object->skeleton, vfd_switch_steps (running));
    vf_dbus_gpu_set_step (object->skeleton, vfd_switch_step (running));
}

static gboolean
on_show_progress (gpointer data)
{
    VfdGpuObject *object = data;

    object->progress_id = 0;
    show_steps (object);
    return G_SOURCE_REMOVE;
}

static void
on_gpu_event (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    VfdGpuObject *object = data;

    switch (event) {
    case VFD_GPU_CHANGED:
        show (object);
        break;
    case VFD_GPU_BEGAN:
        show_result (object, "", "");
        vf_dbus_gpu_set_state (object->skeleton, vfd_gpu_state_id (gpu));
        break;
    case VFD_GPU_PROGRESSED:
        if (object->progress_id == 0)
            object->progress_id = g_timeout_add (PROGRESS_MILLISECONDS, on_show_progress, object);
        break;
    case VFD_GPU_ENDED:
        g_clear_handle_id (&object->progress_id, g_source_remove);
        show_steps (object);
        if (error == NULL)
            show_result (object, "done", "");
        else
            show_error (object, error);
        break;
    case VFD_GPU_UNSTUCK:
        break;
    }
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
    g_autofree char *shown = NULL;
    const char *key;

    if (g_variant_n_children (options) == 0)
        return NULL;
    g_variant_get_child (options, 0, "{&sv}", &key, NULL);
    shown = vf_text_escape (key);
    return vf_error_new (VF_REASON_INVALID_OPTION, "Unknown option '%.40s'.", shown);
}

static gboolean
on_plan (VfDbusGpu *skeleton,
         GDBusMethodInvocation *invocation,
         const char *target_id,
         GVariant *options,
         gpointer data)
{
    VfdGpuObject *object = data;

    vfd_gpu_questions_plan (object->questions, invocation, target_id, options);
    return TRUE;
}

static gboolean
on_inspect (VfDbusGpu *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdGpuObject *object = data;

    vfd_gpu_questions_inspect (object->questions, invocation);
    return TRUE;
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

static void
tell_return (const VfdGpu *gpu, const VfClaim *claimant)
{
    g_autofree char *label = vf_text_escape (claimant->label);
    g_autofree char *why = g_strdup_printf (_ ("the user %s asks for it"), label);

    vfd_chronicle_tell_return (gpu, why);
}

static void
start_switch (VfdGpu *gpu, const Call *call, const VfClaim *claimant)
{
    Call *copy = g_memdup2 (call, sizeof *call);

    if (call->target == VF_TARGET_VFIO) {
        vfd_gpu_lend (gpu, claimant, g_dbus_method_invocation_get_sender (call->invocation),
                      on_switched, copy);
    } else {
        tell_return (gpu, claimant);
        vfd_gpu_switch (gpu, call->target, claimant, on_switched, copy);
    }
}

static void
on_switch_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Call *call = data;
    VfdGpu *gpu = call->object->gpu;
    g_autoptr (VfClaim) claimant = vfd_gpu_questions_claim_of (uid);

    if (vfd_gpu_is_switching (gpu))
        refuse (invocation, vf_error_new (VF_REASON_SWITCH_RUNNING,
                                          "A switch of %s is running already. 'virtflow watch' "
                                          "shows it; try again when it has ended.",
                                          vf_pci_address_format (vfd_gpu_address (gpu)).text));
    else
        start_switch (gpu, call, claimant);
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

    if ((error = vfd_gpu_questions_read_target (target_id, &target)) != NULL
        || (error = check_options (options)) != NULL)
        return refuse (invocation, error);
    call = (Call){ object, invocation, target };
    subject = g_strdup_printf ("GPU %s", vf_dbus_gpu_get_address (skeleton));
    vfg_authorizer_check (vfd_gpu_daemon (object->gpu)->authorizer, invocation, subject,
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

    vfd_pairing_call_begin (object->gpu, skeleton, invocation,
                            &(VfdPairRequest){ uuid, name, before, options });
    return TRUE;
}

static void
on_cancel_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    VfdGpuObject *object = data;
    VfgAuthorizer *authorizer = vfd_gpu_daemon (object->gpu)->authorizer;
    const char *sender = g_dbus_method_invocation_get_sender (invocation);
    gboolean was_asked = vfg_authorizer_cancel (authorizer, invocation);
    GError *error = NULL;

    if (vfd_gpu_cancel (object->gpu, sender, &error) || was_asked) {
        g_clear_error (&error);
        vf_dbus_gpu_complete_cancel (object->skeleton, invocation);
    } else {
        refuse (invocation, error);
    }
}

static gboolean
on_cancel (VfDbusGpu *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdGpuObject *object = data;

    vfg_authorizer_check (vfd_gpu_daemon (object->gpu)->authorizer, invocation, "",
                          on_cancel_granted, object, NULL);
    return TRUE;
}

static void
on_recovered (GPtrArray *sentences, const GError *failure, gpointer data)
{
    if (failure != NULL)
        vf_bus_error_return (data, failure);
    else
        vfd_recovery_answer (data, sentences);
}

static void
on_recover_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    VfdGpuObject *object = data;

    vfd_recovery_fetch (object->gpu, on_recovered, invocation);
}

static gboolean
on_recover (VfDbusGpu *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdGpuObject *object = data;
    g_autofree char *subject = g_strdup_printf ("GPU %s", vf_dbus_gpu_get_address (skeleton));

    vfg_authorizer_check (vfd_gpu_daemon (object->gpu)->authorizer, invocation, subject,
                          on_recover_granted, object, NULL);
    return TRUE;
}

VfdGpuObject *
vfd_gpu_object_new (VfdGpu *gpu)
{
    VfdGpuObject *object = g_new0 (VfdGpuObject, 1);

    object->gpu = gpu;
    object->path = vf_bus_gpu_path (vfd_gpu_address (gpu));
    object->skeleton = vf_dbus_gpu_skeleton_new ();
    object->questions = vfd_gpu_questions_new (gpu, object->skeleton);
    vf_dbus_gpu_set_address (object->skeleton, vf_pci_address_format (vfd_gpu_address (gpu)).text);
    vf_dbus_gpu_set_steps (object->skeleton, g_variant_new ("a(sst)", NULL));
    show_result (object, "", "");
    g_signal_connect (object->skeleton, "handle-plan", G_CALLBACK (on_plan), object);
    g_signal_connect (object->skeleton, "handle-inspect", G_CALLBACK (on_inspect), object);
    g_signal_connect (object->skeleton, "handle-switch", G_CALLBACK (on_switch), object);
    g_signal_connect (object->skeleton, "handle-pair", G_CALLBACK (on_pair), object);
    g_signal_connect (object->skeleton, "handle-cancel", G_CALLBACK (on_cancel), object);
    g_signal_connect (object->skeleton, "handle-recover", G_CALLBACK (on_recover), object);
    object->exported = vf_dbus_object_skeleton_new (object->path);
    vf_dbus_object_skeleton_set_gpu (object->exported, object->skeleton);
    vfd_gpu_watch (gpu, on_gpu_event, object);
    return object;
}

void
vfd_gpu_object_free (VfdGpuObject *object)
{
    put_on_bus (object, FALSE);
    g_clear_handle_id (&object->progress_id, g_source_remove);
    vfd_gpu_questions_free (object->questions);
    g_object_unref (object->exported);
    g_object_unref (object->skeleton);
    g_free (object->path);
    g_free (object);
}
