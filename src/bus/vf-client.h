/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client side of the daemon, for the CLI and for src/vm. A GPU is its generated proxy, whose
 * properties and "notify" signals tell what goes on; this adds to it what generated code lacks:
 * calls that may take as long as they take, allow a password prompt, keep the thread-default main
 * context running until the answer is there, and fail with a VF_ERROR. */
#pragma once

#include "vf-blocker.h"
#include "vf-holder.h"
#include "vf-plan.h"

#include "vf-dbus.h"

typedef VfDbusGpu VfClientGpu;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfClientGpu, g_object_unref)

typedef struct _VfClient VfClient;

/* Connects to the bus at @address, or to the system bus when it is NULL, and reads what the daemon
 * has, which starts it if needed. VF_REASON_NO_DAEMON when bus or daemon is not there. */
VfClient *vf_client_new (const char *address, GError **error);
void vf_client_free (VfClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfClient, vf_client_free)

/* The host and all GPUs as the daemon shows them; both belong to the client. The object manager's
 * signals tell which GPUs come and go, and of every change of their properties; the host's signal
 * "pairings-changed" tells when vf_client_list_pairings() would answer something else. All of them
 * come in the main context that was the thread's default when the client was made. */
VfDbusHost *vf_client_host (VfClient *client);
GDBusObjectManager *vf_client_objects (VfClient *client);

/* The GPUs in order of their addresses. The caller owns the array, which holds references. */
GPtrArray *vf_client_list_gpus (VfClient *client);

/* The GPU that has a function at @address; the caller owns it. VF_REASON_NO_SUCH_GPU. */
VfClientGpu *vf_client_find_gpu (VfClient *client, VfPciAddress address, GError **error);

/* The calls of org.virtflow.VirtFlow1.xml, where each is described. All may fail with any
 * VF_ERROR; out-parameters are set only on success. */

/* @vm is the UUID of the VM that is to have the GPU; without one the plan is that of the caller.
 * Returns the plan, which the caller owns; it is empty when there is nothing to do. NULL, with
 * every reason in @blockers (the caller owns the array), when the daemon would refuse; NULL, with
 * @error set and no blockers, when it could not be asked. */
VfPlan *vf_client_plan (
    VfClientGpu *gpu, VfTarget target, const char *vm, GPtrArray **blockers, GError **error);

/* When @cancellable (which may be NULL) is cancelled, from whatever thread, the daemon is asked to
 * end a lend; the call goes on waiting for its answer: VF_REASON_CANCELLED with a sentence that
 * says where the GPU is, or success when it was too late. A return cannot be cancelled and goes on.
 * Cancelled beforehand, the daemon is not asked for anything. The same holds for vf_client_pair().
 */
gboolean
vf_client_switch (VfClientGpu *gpu, VfTarget target, GCancellable *cancellable, GError **error);

typedef struct {
    const char *uuid;
    const char *name;    /* of the domain, for people */
    const char *before;  /* the domain's text as it is */
    const char *profile; /* or NULL */
    gboolean on_start;   /* do not lend now: the first start does */
} VfClientPairing;

gboolean vf_client_pair (VfClientGpu *gpu,
                         const VfClientPairing *pairing,
                         GCancellable *cancellable,
                         GError **error);
gboolean vf_client_confirm (VfClient *client, const char *uuid, const char *after, GError **error);

/* @after is NULL when the pairing is pending. The caller owns both texts. */
gboolean vf_client_open_pairing (
    VfClient *client, const char *uuid, char **before, char **after, GError **error);
gboolean vf_client_drop_pairing (VfClient *client, const char *uuid, GError **error);

/* Type "aa{sv}"; the caller owns it. */
GVariant *vf_client_list_pairings (VfClient *client, GError **error);

/* A sentence for each GPU that was looked at; the caller owns it. */
GStrv vf_client_recover (VfClient *client, GError **error);
GStrv vf_client_recover_gpu (VfClientGpu *gpu, GError **error);
/* The same of an answer to Recover. */
GStrv vf_client_recovery_report (GVariant *answer);

/* @facts has the type "a{sv}", @holders has VfHolder pointers; the caller owns both. */
gboolean
vf_client_inspect (VfClientGpu *gpu, GVariant **facts, GPtrArray **holders, GError **error);
