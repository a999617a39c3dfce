/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of what was journaled with what is, and what follows from it. */
#include "vfd-recovery.h"

#include "vf-error.h"
#include "vfd-run.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GPtrArray *sentences;
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
        recovery->done (recovery->sentences, recovery->data);
    g_ptr_array_unref (recovery->sentences);
    g_free (recovery);
}

static void
report_failure (Recovery *recovery, const VfdGpu *gpu, const GError *error)
{
    g_ptr_array_add (recovery->sentences,
                     g_strdup_printf ("%s %s", vf_pci_address_format (vfd_gpu_address (gpu)).text,
                                      error->message));
}

/* @format has the address of the GPU for its one argument. */
#define REPORT(recovery, gpu, format) \
    g_ptr_array_add ((recovery)->sentences, \
                     g_strdup_printf (format, vf_pci_address_format (vfd_gpu_address (gpu)).text))

static void
on_finished_lend (VfdGpu *gpu, const GError *error, gpointer data)
{
    Recovery *recovery = data;

    if (error == NULL)
        REPORT (recovery, gpu, _ ("%s is in use by its VM."));
    else
        report_failure (recovery, gpu, error);
    vfd_run_look (vfd_run_find (vfd_gpu_daemon (gpu), gpu));
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

/* A VM that was being activated by a program that is not there any more. */
static gboolean
is_orphan (VfdDaemon *daemon, const VfdLease *lease)
{
    const VfdPairing *pairing;

    if (lease->claim == NULL || lease->claim->kind != VF_CLAIM_VM || lease->run != NULL
        || lease->record == NULL)
        return FALSE;
    pairing = vfd_pairings_find (daemon->pairings, lease->claim->id);
    return pairing == NULL || (pairing->pending && pairing->owner == NULL)
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
        vfd_gpu_switch (examination->gpu, VF_TARGET_HOST, NULL, on_returned, recovery);
    }
}

static void
recover (Recovery *recovery, VfdGpu *gpu)
{
    if (vfd_gpu_is_wedged (gpu)) {
        Examination examination = { recovery, gpu };

        recovery->pending++;
        vfd_gpu_examine (gpu, on_examined, g_memdup2 (&examination, sizeof examination));
    } else if (is_stranded (gpu)) {
        recovery->pending++;
        vfd_gpu_switch (gpu, VF_TARGET_HOST, NULL, on_returned, recovery);
    } else if (is_lent_to_vm (gpu)) {
        vfd_run_look (vfd_run_find (vfd_gpu_daemon (gpu), gpu));
    }
}

static Recovery *
begin (VfdRecovered done, gpointer data)
{
    Recovery *recovery = g_new0 (Recovery, 1);

    recovery->sentences = g_ptr_array_new_with_free_func (g_free);
    recovery->done = done;
    recovery->data = data;
    recovery->pending = 1;
    return recovery;
}

void
vfd_recovery_start (VfdDaemon *daemon, VfdRecovered done, gpointer data)
{
    Recovery *recovery = begin (done, data);

    for (guint i = 0; i < daemon->gpus->len; i++) {
        VfdGpu *gpu = g_ptr_array_index (daemon->gpus, i);

        recover (recovery, gpu);
    }
    end_one (recovery);
}

void
vfd_recovery_attend (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    Recovery *recovery;

    if (event != VFD_GPU_UNSTUCK)
        return;
    recovery = begin (NULL, NULL);
    recover (recovery, gpu);
    end_one (recovery);
}
