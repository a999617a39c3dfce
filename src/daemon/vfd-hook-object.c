/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what happens to a GPU at each of libvirt's hook operations. */
#include "vfd-hook-object.h"

#include "vf-bus-error.h"
#include "vf-text.h"
#include "vfd-libvirt-pulse.h"
#include "vfd-pairing-calls.h"
#include "vfd-chronicle.h"
#include "vfd-run.h"

#include <glib/gi18n-lib.h>

/* One call of the hook, between its parts. */
typedef struct {
    VfdDaemon *daemon;
    VfDbusHook *skeleton;
    GDBusMethodInvocation *invocation; /* NULL: answered already */
    guint deadline_id, caller_watch;
    char *uuid;    /* of the VM that starts */
    pid_t libvirt; /* the daemon that called the hook */
} Call;

static Call *
new_call (VfdDaemon *daemon,
          VfDbusHook *skeleton,
          GDBusMethodInvocation *invocation,
          const char *uuid)
{
    Call *call = g_new0 (Call, 1);

    *call = (Call){ .daemon = daemon,
                    .skeleton = skeleton,
                    .invocation = invocation,
                    .uuid = g_strdup (uuid),
                    .libvirt = vfd_libvirt_pulse_owner (daemon->root) };
    return call;
}

static void
refuse (GDBusMethodInvocation *invocation, GError *error)
{
    vf_bus_error_return (invocation, error);
    g_error_free (error);
}

/* The daemon could not read its journal: it cannot say what was done to the card. */
static GError *
unknown_state_error (VfPciAddress address)
{
    g_autofree char *sentence = vf_text_state_unknown (address);

    return vf_error_new (VF_REASON_FOREIGN_STATE, "%s", sentence);
}

/* That the card in the slot is the one of the pairing. */
static GError *
check_identity (VfdDaemon *daemon, const VfdPairing *pairing)
{
    g_autofree char *identity = NULL;
    g_autofree char *sentence = NULL;
    VfGpu gpu;

    if (vf_gpu_find (vfd_inventory_snapshot (daemon->inventory), pairing->gpu, &gpu))
        identity = vf_gpu_identity (&gpu);
    if (g_strcmp0 (identity, pairing->identity) == 0)
        return vfd_gpu_find (daemon, pairing->gpu) != NULL ? NULL
                                                           : unknown_state_error (pairing->gpu);
    sentence = vf_text_identity_changed (pairing->gpu, pairing->identity,
                                         identity != NULL ? identity : _ ("no GPU"));
    return vf_error_new (VF_REASON_IDENTITY_CHANGED, "%s", sentence);
}

/* Judges a GPU that the domain names and is not paired with. */
static GError *
check_stranger (VfdGpu *gpu, const char *name, gboolean managed)
{
    const VfClaim *claim = vfd_gpu_lease (gpu)->claim;
    g_autofree char *shown = vf_text_escape (name);

    if (claim != NULL) {
        g_autofree char *sentence = vf_text_claimed (vfd_gpu_address (gpu), claim);

        return vf_error_new (claim->kind == VF_CLAIM_VM ? VF_REASON_CLAIMED_BY_VM
                                                        : VF_REASON_CLAIMED_BY_USER,
                             "%s", sentence);
    }
    if (managed)
        return NULL;
    return vf_error_new (
        VF_REASON_UNPAIRED_VM,
        "The VM %s names the GPU %s with managed='no', and nobody allowed it that GPU: libvirt "
        "would reset the card under its host driver. Run 'virtflow activate %s %s', or take the "
        "hostdev out.",
        shown, vf_pci_address_format (vfd_gpu_address (gpu)).text, shown,
        vf_pci_address_format (vfd_gpu_address (gpu)).text);
}

/* Judges one PCI function that the domain names. Sets @paired when it is the GPU of @pairing. */
static GError *
judge_function (VfdDaemon *daemon,
                const VfdPairing *pairing,
                const char *name,
                VfPciAddress address,
                gboolean managed,
                VfdGpu **paired)
{
    VfdGpu *gpu = vfd_gpu_find (daemon, address);
    VfGpu present;

    if (pairing != NULL && vf_pci_address_same_slot (pairing->gpu, address)) {
        *paired = gpu;
        return check_identity (daemon, pairing);
    }
    if (gpu != NULL)
        return check_stranger (gpu, name, managed);
    if (!managed && vf_gpu_find (vfd_inventory_snapshot (daemon->inventory), address, &present))
        return unknown_state_error (address);
    return NULL;
}

/* Finds the paired GPU among those that the domain names; NULL with or without @error. */
static VfdGpu *
judge_hostdevs (VfdDaemon *daemon,
                const VfdPairing *pairing,
                const char *name,
                GVariant *hostdevs,
                GError **error)
{
    VfdGpu *paired = NULL;
    GVariantIter iter;
    const char *text;
    gboolean managed;

    vfd_inventory_refresh (daemon->inventory);
    g_variant_iter_init (&iter, hostdevs);
    while (g_variant_iter_next (&iter, "(&sb)", &text, &managed)) {
        VfPciAddress address;
        GError *refusal;

        if (!vf_pci_address_parse (text, &address, error))
            return NULL;
        refusal = judge_function (daemon, pairing, name, address, managed, &paired);
        if (refusal != NULL) {
            g_propagate_error (error, refusal);
            return NULL;
        }
    }
    return paired;
}

static void
free_call (Call *call)
{
    g_clear_handle_id (&call->deadline_id, g_source_remove);
    g_clear_handle_id (&call->caller_watch, g_bus_unwatch_name);
    g_free (call->uuid);
    g_free (call);
}

/* The start fails now, and what is being lent for it goes home when it has come. Takes @error. */
static void
give_up (Call *call, GError *error)
{
    g_clear_handle_id (&call->deadline_id, g_source_remove);
    if (call->invocation != NULL)
        refuse (g_steal_pointer (&call->invocation), error);
    else
        g_error_free (error);
}

static gboolean
on_prepare_deadline (gpointer data)
{
    Call *call = data;

    call->deadline_id = 0;
    give_up (call,
             vf_error_new (VF_REASON_SWITCH_RUNNING,
                           "The GPU could not be lent in time. 'virtflow status' shows what it "
                           "waits for; start the VM again when it is done."));
    return G_SOURCE_REMOVE;
}

/* The hook was killed: for libvirt the start has failed. Its "release", which comes at once, finds
 * no run to end. */
static void
on_hook_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
    give_up (data,
             vf_error_new (VF_REASON_CANCELLED, "The hook that asked for the GPU has ended."));
}

/* Whoever called the hook hears no answer any more, and starts no VM. */
static gboolean
caller_is_gone (const Call *call)
{
    return call->libvirt == 0 || !vfd_libvirt_pulse_is (call->daemon->root, call->libvirt);
}

/* Not when somebody else was given it meanwhile. */
static gboolean
is_lent_for (const VfdGpu *gpu, const char *uuid)
{
    const VfClaim *claim = vfd_gpu_lease (gpu)->claim;

    return claim != NULL && claim->kind == VF_CLAIM_VM && g_str_equal (claim->id, uuid);
}

static void
give_back (VfdGpu *gpu, gboolean was_told)
{
    if (!was_told)
        vfd_chronicle_tell_return (gpu, _ ("its VM could not start"));
    vfd_gpu_send_home (gpu);
}

static void
on_prepared (VfdGpu *gpu, const GError *error, gpointer data)
{
    Call *call = data;
    g_autoptr (GError) save_error = NULL;

    if (call->invocation == NULL) {
        /* The start was given up meanwhile; its "release" may be in the queue. */
        if (is_lent_for (gpu, call->uuid))
            give_back (gpu, vfd_gpu_is_switching (gpu));
    } else if (error != NULL) {
        vf_bus_error_return (call->invocation, error);
    } else if (caller_is_gone (call)) {
        refuse (call->invocation, vf_error_new (VF_REASON_NO_LIBVIRT,
                                                "The libvirt daemon that was starting the VM has "
                                                "ended meanwhile. Start the VM again."));
        give_back (gpu, FALSE);
    } else if (!vfd_run_begin (vfd_run_find (call->daemon, gpu), call->uuid, call->libvirt,
                               &save_error)) {
        vf_bus_error_return (call->invocation, save_error);
    } else {
        vf_dbus_hook_complete_prepare (call->skeleton, call->invocation);
    }
    free_call (call);
}

/* What the activation had reserved was used up by a run: from now on the GPU is lent for a start,
 * and a start that comes to nothing gives it back. */
static void
note_used_up (VfdDaemon *daemon, VfdPairing *pairing, const VfdGpu *gpu)
{
    g_autoptr (GError) error = NULL;

    if (pairing == NULL || pairing->on_start || pairing->pending || vfd_gpu_is_lent (gpu)
        || vfd_gpu_is_switching (gpu))
        return;
    if (!vfd_pairings_set_on_start (daemon->pairings, pairing, &error))
        g_warning ("%s", error->message);
}

typedef struct {
    VfdDaemon *daemon;
    VfDbusHook *skeleton;
    char *uuid;
    char *name;
    gboolean marked;
    GVariant *hostdevs;
} PrepareRequest;

static void
free_prepare_request (gpointer data)
{
    PrepareRequest *request = data;

    g_free (request->uuid);
    g_free (request->name);
    g_variant_unref (request->hostdevs);
    g_free (request);
}

static void
on_prepare_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const PrepareRequest *request = data;
    VfdDaemon *daemon = request->daemon;
    VfdPairing *pairing = vfd_pairing_settle (daemon, request->uuid, request->marked);
    g_autoptr (VfClaim) claim = vf_claim_new (VF_CLAIM_VM, request->uuid, request->name);
    GError *error = NULL;
    VfdGpu *gpu;

    vfd_hook_pulse_feel (daemon->hook_pulse);
    gpu = judge_hostdevs (daemon, pairing, request->name, request->hostdevs, &error);

    if (error != NULL) {
        refuse (invocation, error);
    } else if (gpu == NULL) {
        vf_dbus_hook_complete_prepare (request->skeleton, invocation);
    } else {
        Call *call = new_call (daemon, request->skeleton, invocation, request->uuid);

        note_used_up (daemon, pairing, gpu);
        call->deadline_id =
            g_timeout_add (daemon->policy->hook_deadline, on_prepare_deadline, call);
        call->caller_watch = g_bus_watch_name_on_connection (
            daemon->connection, g_dbus_method_invocation_get_sender (invocation),
            G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_hook_vanished, call, NULL);
        vfd_gpu_switch (gpu, VF_TARGET_VFIO, claim, on_prepared, call);
    }
}

static gboolean
on_prepare (VfDbusHook *skeleton,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            const char *name,
            gboolean marked,
            GVariant *hostdevs,
            gpointer data)
{
    VfdDaemon *daemon = data;
    PrepareRequest request = { daemon,          skeleton, g_strdup (uuid),
                               g_strdup (name), marked,   g_variant_ref (hostdevs) };

    vfg_authorizer_check (daemon->authorizer, invocation, "", on_prepare_granted,
                          g_memdup2 (&request, sizeof request), free_prepare_request);
    return TRUE;
}

/* The other three only name a VM. */
typedef struct {
    VfdDaemon *daemon;
    VfDbusHook *skeleton;
    char *uuid;
} Notice;

static void
free_notice (gpointer data)
{
    Notice *notice = data;

    g_free (notice->uuid);
    g_free (notice);
}

static gboolean
take_notice (VfdDaemon *daemon,
             VfDbusHook *skeleton,
             GDBusMethodInvocation *invocation,
             const char *uuid,
             VfgAuthorized granted)
{
    Notice notice = { daemon, skeleton, g_strdup (uuid) };

    vfg_authorizer_check (daemon->authorizer, invocation, "", granted,
                          g_memdup2 (&notice, sizeof notice), free_notice);
    return TRUE;
}

static void
on_started_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Notice *notice = data;
    VfdRun *run = vfd_run_find_vm (notice->daemon, notice->uuid);

    vfd_hook_pulse_feel (notice->daemon->hook_pulse);
    if (run != NULL) {
        vfd_gpu_see_run (vfd_run_gpu (run));
        vfd_run_look (run);
    }
    vf_dbus_hook_complete_started (notice->skeleton, invocation);
}

static gboolean
on_started (VfDbusHook *skeleton,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            gpointer data)
{
    return take_notice (data, skeleton, invocation, uuid, on_started_granted);
}

static void
on_lent_again (VfdGpu *gpu, const GError *error, gpointer data)
{
    Call *call = data;

    if (error != NULL)
        g_warning ("libvirt may reset %s now: %s",
                   vf_pci_address_format (vfd_gpu_address (gpu)).text, error->message);
    vf_dbus_hook_complete_stopped (call->skeleton, call->invocation);
    free_call (call);
}

/* After libvirt was down while QEMU died the card is home already, and libvirt, back again, is
 * about to reset it there: it goes to vfio-pci once more until "release". */
static void
on_stopped_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Notice *notice = data;
    VfdRun *run = vfd_run_find_vm (notice->daemon, notice->uuid);
    const VfdPairing *pairing = vfd_pairings_find (notice->daemon->pairings, notice->uuid);
    g_autoptr (VfClaim) claim = NULL;

    vfd_hook_pulse_feel (notice->daemon->hook_pulse);
    if (run != NULL)
        vfd_gpu_see_run (vfd_run_gpu (run));
    if (run == NULL || vfd_gpu_is_lent (vfd_run_gpu (run))) {
        vf_dbus_hook_complete_stopped (notice->skeleton, invocation);
        return;
    }
    claim =
        vf_claim_new (VF_CLAIM_VM, notice->uuid, pairing != NULL ? pairing->name : notice->uuid);
    vfd_gpu_switch (vfd_run_gpu (run), VF_TARGET_VFIO, claim, on_lent_again,
                    new_call (notice->daemon, notice->skeleton, invocation, notice->uuid));
}

static gboolean
on_stopped (VfDbusHook *skeleton,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            gpointer data)
{
    return take_notice (data, skeleton, invocation, uuid, on_stopped_granted);
}

/* The daemon may have been killed after it had lent the GPU for a start and before that was noted
 * as a run: the start was refused, and what was lent for it goes home. */
static void
release_unbegun (VfdDaemon *daemon, const char *uuid)
{
    const VfdPairing *pairing = vfd_pairings_find (daemon->pairings, uuid);
    VfdGpu *gpu = pairing != NULL && pairing->on_start ? vfd_gpu_find (daemon, pairing->gpu) : NULL;

    if (gpu != NULL && is_lent_for (gpu, uuid))
        give_back (gpu, FALSE);
}

static void
on_release_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Notice *notice = data;
    VfdRun *run = vfd_run_find_vm (notice->daemon, notice->uuid);

    vfd_hook_pulse_feel (notice->daemon->hook_pulse);
    if (run != NULL)
        vfd_run_release (run);
    else
        release_unbegun (notice->daemon, notice->uuid);
    vf_dbus_hook_complete_release (notice->skeleton, invocation);
}

static gboolean
on_release (VfDbusHook *skeleton,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            gpointer data)
{
    return take_notice (data, skeleton, invocation, uuid, on_release_granted);
}

VfDbusHook *
vfd_hook_object_new (VfdDaemon *daemon)
{
    VfDbusHook *skeleton = vf_dbus_hook_skeleton_new ();

    g_signal_connect (skeleton, "handle-prepare", G_CALLBACK (on_prepare), daemon);
    g_signal_connect (skeleton, "handle-started", G_CALLBACK (on_started), daemon);
    g_signal_connect (skeleton, "handle-stopped", G_CALLBACK (on_stopped), daemon);
    g_signal_connect (skeleton, "handle-release", G_CALLBACK (on_release), daemon);
    return skeleton;
}
