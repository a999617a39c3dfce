/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lease of a GPU and the order of its switches. */
#include "vfd-gpu.h"

#include "vf-bus-names.h"
#include "vf-error.h"
#include "vf-planner.h"
#include "vfd-gpu-object.h"
#include "vfd-run.h"
#include "vfd-switch.h"

/* Steps take milliseconds; nobody reads faster than this. */
#define PROGRESS_MILLISECONDS 100

typedef struct {
    VfTarget target;
    VfClaim *claimant;
    VfdGpuDone done;
    gpointer data;
} Job;

struct _VfdGpu {
    VfdDaemon *daemon;
    VfPciAddress address;
    VfdJournal *journal;
    VfdLease lease;
    VfdSwitch *running;
    GQueue jobs; /* the first one runs, if one does */
    guint next_id;
    guint progress_id;
    VfdLink *stuck; /* to a helper that the kernel does not answer: the GPU is wedged */
    gboolean in_use;
    VfdGpuObject *object;
    VfdRun *run;
};

static void
free_job (gpointer data)
{
    Job *job = data;

    vf_claim_free (job->claimant);
    g_free (job);
}

VfdGpu *
vfd_gpu_new (VfdDaemon *daemon, VfPciAddress address, GError **error)
{
    VfdGpu *gpu = g_new0 (VfdGpu, 1);

    gpu->daemon = daemon;
    gpu->address = address;
    gpu->journal = vfd_journal_new (daemon->journals_fd, address);
    g_queue_init (&gpu->jobs);
    if (!vfd_lease_load (&gpu->lease, gpu->journal, error)) {
        g_prefix_error (error,
                        "The journal of %s cannot be read: ", vf_pci_address_format (address).text);
        vfd_gpu_free (gpu);
        return NULL;
    }
    gpu->object = vfd_gpu_object_new (gpu);
    gpu->run = vfd_run_new (gpu);
    vfd_gpu_publish (gpu);
    return gpu;
}

void
vfd_gpu_free (VfdGpu *gpu)
{
    g_clear_handle_id (&gpu->next_id, g_source_remove);
    g_clear_handle_id (&gpu->progress_id, g_source_remove);
    g_clear_pointer (&gpu->run, vfd_run_free);
    g_clear_pointer (&gpu->object, vfd_gpu_object_free);
    g_clear_pointer (&gpu->running, vfd_switch_free);
    g_clear_pointer (&gpu->stuck, vfd_link_free);
    g_queue_clear_full (&gpu->jobs, free_job);
    vfd_lease_clear (&gpu->lease);
    vfd_journal_free (gpu->journal);
    g_free (gpu);
}

VfdGpu *
vfd_gpu_find (const VfdDaemon *daemon, VfPciAddress address)
{
    for (guint i = 0; i < daemon->gpus->len; i++) {
        VfdGpu *gpu = g_ptr_array_index (daemon->gpus, i);

        if (vf_pci_address_same_slot (gpu->address, address))
            return gpu;
    }
    return NULL;
}

VfdDaemon *
vfd_gpu_daemon (const VfdGpu *gpu)
{
    return gpu->daemon;
}

VfPciAddress
vfd_gpu_address (const VfdGpu *gpu)
{
    return gpu->address;
}

const VfdLease *
vfd_gpu_lease (const VfdGpu *gpu)
{
    return &gpu->lease;
}

VfdRun *
vfd_gpu_run (const VfdGpu *gpu)
{
    return gpu->run;
}

static gboolean
find_in_snapshot (const VfdGpu *gpu, VfGpu *found)
{
    return vf_gpu_find (vfd_inventory_snapshot (gpu->daemon->inventory), gpu->address, found);
}

static gboolean
stands (const VfdGpu *gpu, VfStand stand)
{
    VfGpu found;

    return find_in_snapshot (gpu, &found) && vf_planner_stand (&found, gpu->lease.record) == stand;
}

gboolean
vfd_gpu_is_switching (const VfdGpu *gpu)
{
    return gpu->running != NULL || !g_queue_is_empty ((GQueue *) &gpu->jobs);
}

gboolean
vfd_gpu_is_lent (const VfdGpu *gpu)
{
    return gpu->running == NULL && gpu->lease.plan == NULL && stands (gpu, VF_STAND_LENT);
}

gboolean
vfd_gpu_is_mixed (const VfdGpu *gpu)
{
    return gpu->running == NULL && (gpu->lease.plan != NULL || stands (gpu, VF_STAND_MIXED));
}

gboolean
vfd_gpu_is_wedged (const VfdGpu *gpu)
{
    return gpu->stuck != NULL;
}

static const char *
state_id (const VfdGpu *gpu)
{
    if (gpu->stuck != NULL)
        return "wedged";
    if (gpu->running != NULL)
        return vfd_switch_target (gpu->running) == VF_TARGET_VFIO ? "lending" : "returning";
    if (vfd_gpu_is_mixed (gpu))
        return "mixed";
    if (stands (gpu, VF_STAND_FOREIGN))
        return "foreign";
    if (stands (gpu, VF_STAND_LENT))
        return gpu->in_use ? "in-use" : "lent";
    return "host";
}

GArray *
vfd_gpu_functions (const VfdGpu *gpu)
{
    GArray *addresses = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    VfGpu found;

    if (find_in_snapshot (gpu, &found)) {
        for (guint i = 0; i < found.n_functions; i++)
            g_array_append_val (addresses, found.functions[i]->address);
    }
    return addresses;
}

void
vfd_gpu_publish (VfdGpu *gpu)
{
    vfd_gpu_object_show (gpu->object, state_id (gpu));
    vfd_run_consider (gpu->run);
}

static void start_next (VfdGpu *gpu);

static gboolean
on_next (gpointer data)
{
    VfdGpu *gpu = data;

    gpu->next_id = 0;
    start_next (gpu);
    return G_SOURCE_REMOVE;
}

static void
end_job (VfdGpu *gpu, const GError *error)
{
    Job *job = g_queue_pop_head (&gpu->jobs);

    vfd_gpu_publish (gpu);
    if (job->done != NULL)
        job->done (gpu, error, job->data);
    free_job (job);
    if (!g_queue_is_empty (&gpu->jobs) && gpu->next_id == 0)
        gpu->next_id = g_idle_add (on_next, gpu);
}

static gboolean
on_show_progress (gpointer data)
{
    VfdGpu *gpu = data;

    gpu->progress_id = 0;
    vfd_gpu_object_show_steps (gpu->object, vfd_switch_steps (gpu->running),
                               vfd_switch_step (gpu->running));
    return G_SOURCE_REMOVE;
}

static void
on_switch_progressed (VfdSwitch *running, gpointer data)
{
    VfdGpu *gpu = data;

    if (gpu->progress_id == 0)
        gpu->progress_id = g_timeout_add (PROGRESS_MILLISECONDS, on_show_progress, gpu);
}

/* The helper answered after all: the card is half-way somewhere, and is brought home. */
static void
on_unstuck (gpointer data)
{
    VfdGpu *gpu = data;

    g_message ("The kernel answered for %s after all; it is brought back to the host",
               vf_pci_address_format (gpu->address).text);
    g_clear_pointer (&gpu->stuck, vfd_link_free);
    vfd_gpu_switch (gpu, VF_TARGET_HOST, NULL, NULL, NULL);
}

static void
on_switch_ended (VfdSwitch *running, const GError *error, VfdLink *stuck, gpointer data)
{
    VfdGpu *gpu = data;
    g_autoptr (GError) copy = error != NULL ? g_error_copy (error) : NULL;

    g_clear_handle_id (&gpu->progress_id, g_source_remove);
    vfd_gpu_object_show_steps (gpu->object, vfd_switch_steps (running), vfd_switch_step (running));
    vfd_gpu_object_show_result (gpu->object, copy);
    g_clear_pointer (&gpu->running, vfd_switch_free);
    if (stuck != NULL) {
        gpu->stuck = stuck;
        vfd_link_await_end (stuck, on_unstuck, gpu);
    }
    if (copy != NULL)
        g_warning ("Switch of %s: %s", vf_pci_address_format (gpu->address).text, copy->message);
    end_job (gpu, copy);
}

static const VfdSwitchEvents switch_events = { on_switch_progressed, on_switch_ended };

static GError *
wedged_error (const VfdGpu *gpu)
{
    return vf_error_new (VF_REASON_WEDGED,
                         "The kernel has not answered about %s since a driver began to hang, so it "
                         "is left alone. If it does not come back by itself, save your work and "
                         "restart the host.",
                         vf_pci_address_format (gpu->address).text);
}

static void
start_next (VfdGpu *gpu)
{
    Job *job = g_queue_peek_head (&gpu->jobs);
    VfdSwitchScene scene = { .inventory = gpu->daemon->inventory,
                             .policy = gpu->daemon->policy,
                             .helpers = gpu->daemon->helpers,
                             .gpu = gpu->address,
                             .lease = &gpu->lease,
                             .journal = gpu->journal };

    if (gpu->stuck != NULL) {
        g_autoptr (GError) error = wedged_error (gpu);

        end_job (gpu, error);
        return;
    }
    vfd_gpu_object_clear_result (gpu->object);
    gpu->running = vfd_switch_start (&scene, job->target, job->claimant, &switch_events, gpu);
    vfd_gpu_object_show_state (gpu->object, state_id (gpu));
}

void
vfd_gpu_switch (
    VfdGpu *gpu, VfTarget target, const VfClaim *claimant, VfdGpuDone done, gpointer data)
{
    Job *job = g_new0 (Job, 1);

    *job = (Job){ target, vf_claim_copy (claimant), done, data };
    g_queue_push_tail (&gpu->jobs, job);
    if (gpu->running == NULL && gpu->next_id == 0)
        gpu->next_id = g_idle_add (on_next, gpu);
}

gboolean
vfd_gpu_set_run (VfdGpu *gpu, const char *uuid, GError **error)
{
    gboolean saved;

    vfd_lease_set_run (&gpu->lease, uuid);
    saved = vfd_lease_save (&gpu->lease, gpu->journal, error);
    vfd_gpu_publish (gpu);
    return saved;
}

void
vfd_gpu_set_in_use (VfdGpu *gpu, gboolean in_use)
{
    gpu->in_use = in_use;
    vfd_gpu_publish (gpu);
}
