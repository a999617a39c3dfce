/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules of pairing. */
#include "vfd-pairing-calls.h"

#include "vf-bus-error.h"
#include "vf-text.h"
#include "vfd-chronicle.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The domain's text; libvirt's own limit is far above what a domain needs. */
#define DOMAIN_TEXT_MAX (1024 * 1024)

#define NAME_MAX_BYTES 256

#define UUID_SIZE 37

static void
refuse (GDBusMethodInvocation *invocation, GError *error)
{
    vf_bus_error_return (invocation, error);
    g_error_free (error);
}

static GError *
no_such_pairing (const char *uuid)
{
    g_autofree char *shown = vf_text_escape (uuid);

    return vf_error_new (VF_REASON_NO_SUCH_PAIRING,
                         "No GPU is paired with the VM %.40s. 'virtflow vms' shows which VM has "
                         "one.",
                         shown);
}

/* A Pair call between its parts. */
typedef struct {
    VfdGpu *gpu;
    VfDbusGpu *skeleton;
    GDBusMethodInvocation *invocation;
    char *uuid;
    char *name;
    char *profile;
    gboolean on_start;
    GBytes *before;
} Call;

static void
free_call (gpointer data)
{
    Call *call = data;

    g_free (call->uuid);
    g_free (call->name);
    g_free (call->profile);
    g_bytes_unref (call->before);
    g_free (call);
}

static GError *
read_options (GVariant *options, Call *call)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;

    call->profile = g_strdup ("monitor");
    g_variant_iter_init (&iter, options);
    while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
        G_GNUC_UNUSED g_autoptr (GVariant) owned = value;

        if (g_str_equal (key, "on-start") && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)) {
            call->on_start = g_variant_get_boolean (value);
        } else if (g_str_equal (key, "profile")
                   && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                   && g_variant_get_size (value) <= NAME_MAX_BYTES) {
            g_free (call->profile);
            call->profile = g_variant_dup_string (value, NULL);
        } else {
            g_autofree char *shown = vf_text_escape (key);

            return vf_error_new (VF_REASON_INVALID_OPTION, "Unknown option '%.40s'.", shown);
        }
    }
    return NULL;
}

static GError *
read_request (const VfdPairRequest *request, Call *call)
{
    gsize size = strlen (request->before);
    g_autofree char *shown = vf_text_escape (request->uuid);

    call->uuid = g_strdup (request->uuid);
    call->name = g_strdup (request->name);
    call->before = g_bytes_new (request->before, size + 1);
    if (!vfd_pairing_is_uuid (request->uuid))
        return vf_error_new (VF_REASON_INVALID_OPTION, "Not the UUID of a VM: '%.40s'.", shown);
    if (strlen (request->name) > NAME_MAX_BYTES)
        return vf_error_new (VF_REASON_INVALID_OPTION, "The name of the VM is too long.");
    if (size == 0 || size > DOMAIN_TEXT_MAX)
        return vf_error_new (VF_REASON_INVALID_DOMAIN_XML,
                             "The text of the VM is empty or longer than 1 MiB.");
    return read_options (request->options, call);
}

/* What may have changed while a password was typed. */
static GError *
check_now (const Call *call)
{
    VfdDaemon *daemon = vfd_gpu_daemon (call->gpu);
    const VfdPairing *existing = vfd_pairings_find (daemon->pairings, call->uuid);
    const char *sender = g_dbus_method_invocation_get_sender (call->invocation);
    g_autofree char *name = vf_text_escape (call->name);

    if (existing != NULL && !existing->pending)
        return vf_error_new (VF_REASON_ALREADY_ACTIVATED,
                             "The VM %s is activated already, with the GPU %s. Deactivate it first "
                             "with 'virtflow deactivate'.",
                             name, vf_pci_address_format (existing->gpu).text);
    if ((existing != NULL && existing->owner != NULL
         && (!g_str_equal (existing->owner, sender)
             || !vf_pci_address_same_slot (existing->gpu, vfd_gpu_address (call->gpu))))
        || vfd_gpu_is_switching (call->gpu))
        return vf_error_new (VF_REASON_SWITCH_RUNNING,
                             "Another program is switching this GPU or activating this VM. Try "
                             "again when it is done.");
    return NULL;
}

static GError *
check_could_be_lent (const VfdGpu *gpu, const VfClaim *claimant)
{
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = vfd_gpu_plan (gpu, VF_TARGET_VFIO, claimant, NULL, &blockers);

    return plan == NULL ? vf_blockers_to_error (blockers) : NULL;
}

/* A maker that vanished before it confirmed: the domain may or may not name the GPU, and the mark
 * will tell. The card goes home either way. */
static void
on_owner_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
    VfdDaemon *daemon = data;
    g_autoptr (GPtrArray) pairings = vfd_pairings_list (daemon->pairings);

    for (guint i = 0; i < pairings->len; i++) {
        VfdPairing *pairing = g_ptr_array_index (pairings, i);
        VfdGpu *gpu = vfd_gpu_find (daemon, pairing->gpu);
        const VfClaim *claim = gpu != NULL ? vfd_gpu_lease (gpu)->claim : NULL;

        if (!pairing->pending || g_strcmp0 (pairing->owner, name) != 0)
            continue;
        g_message ("The program that activated %s left half-way", pairing->uuid);
        g_clear_pointer (&pairing->owner, g_free);
        if (claim != NULL && g_str_equal (claim->id, pairing->uuid)
            && vfd_gpu_lease (gpu)->run == NULL)
            vfd_gpu_send_home (gpu);
    }
}

static gboolean
store_pending (const Call *call, GError **error)
{
    VfdDaemon *daemon = vfd_gpu_daemon (call->gpu);
    VfdPairing *pairing = g_new0 (VfdPairing, 1);
    const char *sender = g_dbus_method_invocation_get_sender (call->invocation);
    VfGpu gpu;

    if (!vf_gpu_find (vfd_inventory_snapshot (daemon->inventory), vfd_gpu_address (call->gpu),
                      &gpu)) {
        g_free (pairing);
        vf_error_set (error, VF_REASON_NO_SUCH_GPU, "The card is gone.");
        return FALSE;
    }
    *pairing = (VfdPairing){ .uuid = g_strdup (call->uuid),
                             .name = g_strdup (call->name),
                             .gpu = gpu.address,
                             .identity = vf_gpu_identity (&gpu),
                             .profile = g_strdup (call->profile),
                             .on_start = call->on_start,
                             .pending = TRUE,
                             .before = g_bytes_ref (call->before),
                             .after = g_bytes_new ("", 1),
                             .owner = g_strdup (sender) };
    pairing->owner_watch =
        g_bus_watch_name_on_connection (daemon->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        NULL, on_owner_vanished, daemon, NULL);
    return vfd_pairings_store (daemon->pairings, pairing, error);
}

static gboolean
is_lent_to (const VfdGpu *gpu, const char *uuid)
{
    const VfdLease *lease = vfd_gpu_lease (gpu);

    return vfd_gpu_is_lent (gpu) && lease->run == NULL && lease->claim != NULL
           && g_str_equal (lease->claim->id, uuid);
}

/* Of a pairing that nobody wants any more, and nobody waits for its end. One that stays after all
 * is settled by the next start of its VM, or of the daemon. */
static void
forget (VfdPairings *pairings, const char *uuid)
{
    g_autoptr (GError) error = NULL;

    if (!vfd_pairings_drop (pairings, uuid, &error))
        g_warning ("%s", error->message);
}

static void
on_lent (VfdGpu *gpu, const GError *error, gpointer data)
{
    Call *call = data;
    VfdPairings *pairings = vfd_gpu_daemon (gpu)->pairings;
    const VfdPairing *pairing = vfd_pairings_find (pairings, call->uuid);

    if (error != NULL) {
        forget (pairings, call->uuid);
        vf_bus_error_return (call->invocation, error);
        /* It was lent to this VM before, by a call that its maker repeats and has cancelled. */
        if (is_lent_to (gpu, call->uuid))
            vfd_gpu_send_home (gpu);
    } else if (pairing == NULL || (pairing->pending && pairing->owner == NULL)) {
        /* Its maker vanished or dropped it meanwhile. */
        vfd_gpu_send_home (gpu);
        refuse (call->invocation, no_such_pairing (call->uuid));
    } else {
        vf_dbus_gpu_complete_pair (call->skeleton, call->invocation);
    }
    free_call (call);
}

static Call *
copy_call (const Call *call)
{
    Call *copy = g_memdup2 (call, sizeof *call);

    copy->uuid = g_strdup (call->uuid);
    copy->name = g_strdup (call->name);
    copy->profile = g_strdup (call->profile);
    copy->before = g_bytes_ref (call->before);
    return copy;
}

static void
on_pair_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Call *call = data;
    g_autoptr (VfClaim) claimant = vf_claim_new (VF_CLAIM_VM, call->uuid, call->name);
    GError *error = check_now (call);

    if (error == NULL)
        error = check_could_be_lent (call->gpu, claimant);
    if (error == NULL)
        store_pending (call, &error);
    if (error != NULL)
        refuse (invocation, error);
    else if (call->on_start)
        vf_dbus_gpu_complete_pair (call->skeleton, invocation);
    else
        vfd_gpu_lend (call->gpu, claimant, g_dbus_method_invocation_get_sender (invocation),
                      on_lent, copy_call (call));
}

void
vfd_pairing_call_begin (VfdGpu *gpu,
                        VfDbusGpu *skeleton,
                        GDBusMethodInvocation *invocation,
                        const VfdPairRequest *request)
{
    Call *call = g_new0 (Call, 1);
    g_autofree char *subject = NULL;
    g_autofree char *name = vf_text_escape (request->name);
    GError *error;

    *call = (Call){ .gpu = gpu, .skeleton = skeleton, .invocation = invocation };
    error = read_request (request, call);
    if (error != NULL) {
        refuse (invocation, error);
        free_call (call);
        return;
    }
    subject = g_strdup_printf ("GPU %s for the VM %s", vf_dbus_gpu_get_address (skeleton), name);
    vfg_authorizer_check (vfd_gpu_daemon (gpu)->authorizer, invocation, subject, on_pair_granted,
                          call, free_call);
}

/* A Confirm call between its parts. */
typedef struct {
    VfdDaemon *daemon;
    VfDbusHost *skeleton;
    char uuid[UUID_SIZE];
    GBytes *after;
} Confirmation;

static void
free_confirmation (gpointer data)
{
    Confirmation *confirmation = data;

    g_bytes_unref (confirmation->after);
    g_free (confirmation);
}

/* A pairing that a start of its VM has settled already lacks the text all the same. */
static void
on_confirm_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const Confirmation *confirmation = data;
    VfdPairings *pairings = confirmation->daemon->pairings;
    VfdPairing *pairing = vfd_pairings_find (pairings, confirmation->uuid);
    const char *sender = g_dbus_method_invocation_get_sender (invocation);
    GError *error = NULL;

    if (pairing == NULL) {
        refuse (invocation, no_such_pairing (confirmation->uuid));
    } else if (g_strcmp0 (pairing->owner, sender) != 0) {
        refuse (invocation, vf_error_new (VF_REASON_NOT_AUTHORIZED,
                                          "Only the program that made a pairing can confirm it."));
    } else if (!vfd_pairings_confirm (pairings, pairing, confirmation->after, &error)) {
        refuse (invocation, error);
    } else {
        g_clear_pointer (&pairing->owner, g_free);
        vfd_chronicle_tell_pairing (pairing->gpu, pairing->name, pairing->uuid, TRUE);
        vf_dbus_host_complete_confirm_pairing (confirmation->skeleton, invocation);
    }
}

void
vfd_pairing_call_confirm (VfdDaemon *daemon,
                          VfDbusHost *skeleton,
                          GDBusMethodInvocation *invocation,
                          const char *uuid,
                          const char *after)
{
    Confirmation *confirmation;
    gsize size = strlen (after);

    if (size > DOMAIN_TEXT_MAX) {
        refuse (invocation, vf_error_new (VF_REASON_INVALID_DOMAIN_XML,
                                          "The text of the VM is longer than 1 MiB."));
        return;
    }
    confirmation = g_new0 (Confirmation, 1);
    confirmation->daemon = daemon;
    confirmation->skeleton = skeleton;
    confirmation->after = g_bytes_new (after, size + 1);
    g_strlcpy (confirmation->uuid, uuid, sizeof confirmation->uuid);
    vfg_authorizer_check (daemon->authorizer, invocation, "", on_confirm_granted, confirmation,
                          free_confirmation);
}

/* A call about a pairing between its parts. */
typedef struct {
    VfdDaemon *daemon;
    VfDbusHost *skeleton;
    GDBusMethodInvocation *invocation;
    char uuid[UUID_SIZE];
} PairingCall;

static PairingCall *
new_pairing_call (VfdDaemon *daemon,
                  VfDbusHost *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *uuid)
{
    PairingCall *call = g_new0 (PairingCall, 1);

    *call = (PairingCall){ .daemon = daemon, .skeleton = skeleton, .invocation = invocation };
    g_strlcpy (call->uuid, uuid, sizeof call->uuid);
    return call;
}

static void
on_open_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    PairingCall *call = data;
    VfdPairing *pairing = vfd_pairings_find (call->daemon->pairings, call->uuid);

    if (pairing == NULL) {
        refuse (invocation, no_such_pairing (call->uuid));
        return;
    }
    g_free (pairing->opener);
    pairing->opener = g_strdup (g_dbus_method_invocation_get_sender (invocation));
    vf_dbus_host_complete_open_pairing (call->skeleton, invocation,
                                        g_bytes_get_data (pairing->before, NULL),
                                        g_bytes_get_data (pairing->after, NULL));
}

static char *
describe_pairing (const VfdPairing *pairing)
{
    g_autofree char *name = vf_text_escape (pairing->name);

    return g_strdup_printf ("GPU %s of the VM %s", vf_pci_address_format (pairing->gpu).text, name);
}

void
vfd_pairing_call_open (VfdDaemon *daemon,
                       VfDbusHost *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *uuid)
{
    const VfdPairing *pairing = vfd_pairings_find (daemon->pairings, uuid);
    g_autofree char *subject = NULL;

    if (pairing == NULL) {
        refuse (invocation, no_such_pairing (uuid));
        return;
    }
    subject = describe_pairing (pairing);
    vfg_authorizer_check (daemon->authorizer, invocation, subject, on_open_granted,
                          new_pairing_call (daemon, skeleton, invocation, uuid), g_free);
}

static void
drop (const PairingCall *call, GDBusMethodInvocation *invocation)
{
    const VfdPairing *pairing = vfd_pairings_find (call->daemon->pairings, call->uuid);
    g_autofree char *name = g_strdup (pairing != NULL ? pairing->name : "");
    VfPciAddress gpu = pairing != NULL ? pairing->gpu : (VfPciAddress){ 0 };
    g_autoptr (GError) error = NULL;

    if (!vfd_pairings_drop (call->daemon->pairings, call->uuid, &error)) {
        vf_bus_error_return (invocation, error);
        return;
    }
    if (pairing != NULL)
        vfd_chronicle_tell_pairing (gpu, name, call->uuid, FALSE);
    vf_dbus_host_complete_drop_pairing (call->skeleton, invocation);
}

static void
on_drop_returned (VfdGpu *gpu, const GError *error, gpointer data)
{
    PairingCall *call = data;

    if (error != NULL)
        vf_bus_error_return (call->invocation, error);
    else
        drop (call, call->invocation);
    g_free (call);
}

static void
on_drop_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    const PairingCall *call = data;
    const VfdPairing *pairing = vfd_pairings_find (call->daemon->pairings, call->uuid);
    VfdGpu *gpu = pairing != NULL ? vfd_gpu_find (call->daemon, pairing->gpu) : NULL;
    const VfdLease *lease = gpu != NULL ? vfd_gpu_lease (gpu) : NULL;

    if (pairing == NULL) {
        refuse (invocation, no_such_pairing (call->uuid));
    } else if (lease == NULL || lease->claim == NULL
               || !g_str_equal (lease->claim->id, call->uuid)) {
        drop (call, invocation);
    } else {
        vfd_chronicle_tell_return (gpu, _ ("its VM is to have it no longer"));
        vfd_gpu_switch (gpu, VF_TARGET_HOST, NULL, on_drop_returned,
                        g_memdup2 (call, sizeof *call));
    }
}

void
vfd_pairing_call_drop (VfdDaemon *daemon,
                       VfDbusHost *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *uuid)
{
    const VfdPairing *pairing = vfd_pairings_find (daemon->pairings, uuid);
    const char *sender = g_dbus_method_invocation_get_sender (invocation);
    g_autofree PairingCall *call = NULL;
    g_autofree char *subject = NULL;

    if (pairing == NULL) {
        refuse (invocation, no_such_pairing (uuid));
        return;
    }
    call = new_pairing_call (daemon, skeleton, invocation, uuid);
    if (g_strcmp0 (pairing->owner, sender) == 0 || g_strcmp0 (pairing->opener, sender) == 0) {
        on_drop_granted (invocation, 0, call);
        return;
    }
    subject = describe_pairing (pairing);
    vfg_authorizer_check (daemon->authorizer, invocation, subject, on_drop_granted,
                          g_steal_pointer (&call), g_free);
}

VfdPairing *
vfd_pairing_settle (VfdDaemon *daemon, const char *uuid, gboolean marked)
{
    VfdPairing *pairing = vfd_pairings_find (daemon->pairings, uuid);
    g_autoptr (GError) error = NULL;

    if (pairing == NULL || !pairing->pending)
        return pairing;
    if (marked) {
        if (!vfd_pairings_confirm (daemon->pairings, pairing, pairing->after, &error))
            g_warning ("%s", error->message);
        return pairing;
    }
    /* Its maker is still at work: the domain is about to be defined. */
    if (pairing->owner != NULL)
        return NULL;
    forget (daemon->pairings, uuid);
    return NULL;
}
