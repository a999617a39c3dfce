/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of what was journaled with what is, and what follows from it. */
#include "vfd-recovery.h"

#include "vf-error.h"
#include "vfd-chronicle.h"
#include "vfd-run.h"

#include <glib/gi18n-lib.h>

typedef struct {
    VfdRecoveryKind kind;
    GPtrArray *sentences;
    GError *failure;
    guint pending;
    VfdRecovered done;
    gpointer data;
} Recovery;

static void
end_one (Recovery *recovery)
{
    if (--recovery->pending > 0)
        return;
    if (recovery->done != NULL)
        recovery->done (recovery->sentences, recovery->failure, recovery->data);
    g_ptr_array_unref (recovery->sentences);
    g_clear_error (&recovery->failure);
    g_free (recovery);
}

static void
report_failure (Recovery *recovery, const VfdGpu *gpu, const GError *error)
{
    g_ptr_array_add (recovery->sentences,
                     g_strdup_printf ("%s %s", vf_pci_address_format (vfd_gpu_address (gpu)).text,
                                      error->message));
    if (recovery->failure == NULL)
        recovery->failure = g_error_copy (error);
}

/* @format has the address of the GPU for its one argument. */
#define REPORT(recovery, gpu, format) \
    g_ptr_array_add ((recovery)->sentences, \
                     g_strdup_printf (format, vf_pci_address_format (vfd_gpu_address (gpu)).text))

/* By hand nobody stays to watch a VM. */
static void
look_after_run (VfdGpu *gpu)
{
    VfdDaemon *daemon = vfd_gpu_daemon (gpu);

    if (daemon->runs != NULL)
        vfd_run_look (vfd_run_find (daemon, gpu));
}

static void
on_finished_lend (VfdGpu *gpu, const GError *error, gpointer data)
{
    Recovery *recovery = data;

    if (error == NULL)
        REPORT (recovery, gpu, _ ("%s is in use by its VM."));
    else
        report_failure (recovery, gpu, error);
    look_after_run (gpu);
    end_one (recovery);
}

static void
on_returned (VfdGpu *gpu, const GError *error, gpointer data)
{
    Recovery *recovery = data;

    /* A VM runs on it: then the unfinished switch is finished the other way. */
    if (vf_error_is (error, VF_REASON_VM_RUNNING)) {
        vfd_gpu_switch (gpu, VF_TARGET_VFIO, NULL, on_finished_lend, recovery);
        return;
    }
    if (error == NULL)
        REPORT (recovery, gpu, _ ("%s is back on the host."));
    else
        report_failure (recovery, gpu, error);
    end_one (recovery);
}

/* A VM that was being activated by a program that is not there any more; or one that was to start,
 * and of which no run was noted. */
static gboolean
is_orphan (VfdDaemon *daemon, const VfdLease *lease)
{
    const VfdPairing *pairing;

    if (lease->claim == NULL || lease->claim->kind != VF_CLAIM_VM || lease->run != NULL
        || lease->record == NULL || daemon->pairings == NULL)
        return FALSE;
    pairing = vfd_pairings_find (daemon->pairings, lease->claim->id);
    return pairing == NULL || pairing->on_start || (pairing->pending && pairing->owner == NULL)
           || !vf_pci_address_same_slot (pairing->gpu, lease->record->address);
}

/* Neither with the host nor with somebody who is to have it. */
static gboolean
is_stranded (const VfdGpu *gpu)
{
    const VfdLease *lease = vfd_gpu_lease (gpu);

    if (vfd_gpu_is_switching (gpu))
        return FALSE;
    return vfd_gpu_is_mixed (gpu) || lease->homeward || is_orphan (vfd_gpu_daemon (gpu), lease)
           || (lease->record != NULL && !vfd_gpu_is_lent (gpu));
}

static gboolean
is_lent_to_vm (const VfdGpu *gpu)
{
    const VfdLease *lease = vfd_gpu_lease (gpu);

    return vfd_gpu_is_lent (gpu) && lease->claim != NULL && lease->claim->kind == VF_CLAIM_VM;
}

/* On vfio-pci or without a driver, and no record says that VirtFlow did it. An administrator may
 * have wanted it so. */
static gboolean
is_strange (const VfdGpu *gpu)
{
    return g_str_equal (vfd_gpu_state_id (gpu), "foreign");
}

/* The VM may have ended while nobody looked; if it runs, the return is refused. */
static gboolean
is_unattended (const Recovery *recovery, const VfdGpu *gpu)
{
    return recovery->kind == VFD_RECOVERY_BY_HAND && vfd_gpu_lease (gpu)->run != NULL;
}

static void
tell_strange (Recovery *recovery, const VfdGpu *gpu)
{
    VfPciAddressText address = vf_pci_address_format (vfd_gpu_address (gpu));

    g_ptr_array_add (
        recovery->sentences,
        g_strdup_printf (
            _ ("%s is not with the host, and VirtFlow has no record of it, so it stays "
               "as it is. If it belongs to the host, 'virtflow recover %s' brings it "
               "there."),
            address.text, address.text));
}

/* A GPU of which it is asked whether it still hangs. */
typedef struct {
    Recovery *recovery;
    VfdGpu *gpu;
} Examination;

static void
on_examined (gpointer data)
{
    g_autofree Examination *examination = data;
    Recovery *recovery = examination->recovery;
    g_autoptr (GError) error = NULL;

    if (vfd_gpu_is_wedged (examination->gpu)) {
        error = vfd_gpu_wedged_error (examination->gpu);
        report_failure (recovery, examination->gpu, error);
        end_one (recovery);
    } else {
        vfd_chronicle_tell_return (examination->gpu, _ ("its driver has let go of it"));
        vfd_gpu_switch (examination->gpu, VF_TARGET_HOST, NULL, on_returned, recovery);
    }
}

static void
examine (Recovery *recovery, VfdGpu *gpu)
{
    Examination examination = { recovery, gpu };

    vfd_gpu_examine (gpu, on_examined, g_memdup2 (&examination, sizeof examination));
}

static void
recover (Recovery *recovery, VfdGpu *gpu)
{
    if (vfd_gpu_is_wedged (gpu)) {
        recovery->pending++;
        examine (recovery, gpu);
    } else if (is_strange (gpu)) {
        if (recovery->kind != VFD_RECOVERY_AT_START)
            tell_strange (recovery, gpu);
    } else if (is_stranded (gpu) || is_unattended (recovery, gpu)) {
        recovery->pending++;
        vfd_chronicle_tell_return (gpu, _ ("it was left half-way, or nobody has it"));
        vfd_gpu_switch (gpu, VF_TARGET_HOST, NULL, on_returned, recovery);
    } else if (is_lent_to_vm (gpu)) {
        look_after_run (gpu);
    }
}

static Recovery *
begin (VfdRecoveryKind kind, VfdRecovered done, gpointer data)
{
    Recovery *recovery = g_new0 (Recovery, 1);

    recovery->kind = kind;
    recovery->sentences = g_ptr_array_new_with_free_func (g_free);
    recovery->done = done;
    recovery->data = data;
    recovery->pending = 1;
    return recovery;
}

void
vfd_recovery_start (VfdDaemon *daemon, VfdRecoveryKind kind, VfdRecovered done, gpointer data)
{
    Recovery *recovery = begin (kind, done, data);

    for (guint i = 0; i < daemon->gpus->len; i++) {
        VfdGpu *gpu = g_ptr_array_index (daemon->gpus, i);

        if (kind != VFD_RECOVERY_ASKED)
            vfd_gpu_suspect (gpu);
        recover (recovery, gpu);
    }
    end_one (recovery);
}

static void
on_fetched (VfdGpu *gpu, const GError *error, gpointer data)
{
    Recovery *recovery = data;

    if (error == NULL)
        REPORT (recovery, gpu, _ ("%s is with the host."));
    else
        report_failure (recovery, gpu, error);
    end_one (recovery);
}

void
vfd_recovery_fetch (VfdGpu *gpu, VfdRecovered done, gpointer data)
{
    Recovery *recovery = begin (VFD_RECOVERY_ASKED, done, data);

    if (vfd_gpu_is_wedged (gpu))
        examine (recovery, gpu);
    else
        vfd_gpu_fetch (gpu, on_fetched, recovery);
}

void
vfd_recovery_attend (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    Recovery *recovery;

    if (event != VFD_GPU_UNSTUCK)
        return;
    recovery = begin (VFD_RECOVERY_AT_START, NULL, NULL);
    recover (recovery, gpu);
    end_one (recovery);
}

void
vfd_recovery_answer (GDBusMethodInvocation *invocation, const GPtrArray *sentences)
{
    GVariantBuilder report;

    g_variant_builder_init (&report, G_VARIANT_TYPE ("as"));
    for (guint i = 0; i < sentences->len; i++)
        g_variant_builder_add (&report, "s", (const char *) g_ptr_array_index (sentences, i));
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(as)", &report));
}
