/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lease of a GPU and the order of its switches. */
#include "vfd-gpu.h"

#include "vf-error.h"
#include "vf-text.h"
#include "vfd-libvirt-pulse.h"
#include "vfd-switch.h"
#include "vfd-wedge.h"

typedef struct {
    VfTarget target;
    VfClaim *claimant;
    gboolean by_alias;
    gboolean insists; /* nobody waits for its end: it is tried again */
    gboolean abandons_run;
    guint run_number; /* the run that was meant */
    char *caller;     /* bus name that may cancel it; or NULL */
    gboolean cancelled;
    VfdGpuDone done;
    gpointer data;
} Job;

typedef struct {
    VfdGpuWatcher call;
    gpointer data;
} Watcher;

struct _VfdGpu {
    VfdDaemon *daemon;
    VfPciAddress address;
    VfdJournal *journal;
    VfdLease lease;
    GArray *watchers;
    VfdSwitch *running;
    GQueue jobs; /* the first one runs, if one does */
    guint next_id;
    VfdWedge *wedge;    /* NULL while it is not, or nobody asked about one that was journaled */
    gboolean suspected; /* whether a helper is still at work is being asked; the jobs wait */
    gboolean in_use;
    guint run_number; /* grows with each run */
};

static void
free_job (gpointer data)
{
    Job *job = data;

    vf_claim_free (job->claimant);
    g_free (job->caller);
    g_free (job);
}

static VfdGpu *
make (VfdDaemon *daemon, VfPciAddress address)
{
    VfdGpu *gpu = g_new0 (VfdGpu, 1);

    gpu->daemon = daemon;
    gpu->address = address;
    gpu->journal = vfd_journal_new (daemon->run_folder.journals_fd, address);
    gpu->watchers = g_array_new (FALSE, FALSE, sizeof (Watcher));
    g_queue_init (&gpu->jobs);
    return gpu;
}

VfdGpu *
vfd_gpu_new_unrecorded (VfdDaemon *daemon, VfPciAddress address)
{
    VfdGpu *gpu = make (daemon, address);

    vfd_journal_drop (gpu->journal);
    return gpu;
}

VfdGpu *
vfd_gpu_new (VfdDaemon *daemon, VfPciAddress address, GError **error)
{
    VfdGpu *gpu = make (daemon, address);

    if (!vfd_lease_load (&gpu->lease, gpu->journal, error)) {
        g_prefix_error (error,
                        "The journal of %s cannot be read: ", vf_pci_address_format (address).text);
        vfd_gpu_free (gpu);
        return NULL;
    }
    return gpu;
}

void
vfd_gpu_free (VfdGpu *gpu)
{
    g_clear_handle_id (&gpu->next_id, g_source_remove);
    g_clear_pointer (&gpu->running, vfd_switch_free);
    g_clear_pointer (&gpu->wedge, vfd_wedge_free);
    g_queue_clear_full (&gpu->jobs, free_job);
    vfd_lease_clear (&gpu->lease);
    vfd_journal_free (gpu->journal);
    g_array_unref (gpu->watchers);
    g_free (gpu);
}

void
vfd_gpu_watch (VfdGpu *gpu, VfdGpuWatcher watcher, gpointer data)
{
    Watcher entry = { watcher, data };

    g_array_append_val (gpu->watchers, entry);
}

static void
tell (VfdGpu *gpu, VfdGpuEvent event, const GError *error)
{
    for (guint i = 0; i < gpu->watchers->len; i++) {
        const Watcher *watcher = &g_array_index (gpu->watchers, Watcher, i);

        watcher->call (gpu, event, error, watcher->data);
    }
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

const VfdSwitch *
vfd_gpu_running (const VfdGpu *gpu)
{
    return gpu->running;
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
    return gpu->lease.wedged;
}

/* What a journal says that hung. */
static const VfStep *
journaled_step (const VfdGpu *gpu)
{
    const VfdLease *lease = &gpu->lease;

    return lease->plan != NULL && lease->step < vf_plan_length (lease->plan)
               ? vf_plan_step (lease->plan, lease->step)
               : NULL;
}

GError *
vfd_gpu_wedged_error (const VfdGpu *gpu)
{
    g_autofree char *sentence = gpu->wedge != NULL
                                    ? g_strdup (vfd_wedge_sentence (gpu->wedge))
                                    : vf_text_wedged (gpu->address, journaled_step (gpu), "");

    return vf_error_new (VF_REASON_WEDGED, "%s", sentence);
}

const char *
vfd_gpu_state_id (const VfdGpu *gpu)
{
    if (vfd_gpu_is_wedged (gpu))
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

VfPlan *
vfd_gpu_plan (const VfdGpu *gpu,
              VfTarget target,
              const VfClaim *claimant,
              const GPtrArray *holders,
              GPtrArray **blockers)
{
    VfFacts facts = { .snapshot = vfd_inventory_snapshot (gpu->daemon->inventory),
                      .record = gpu->lease.record,
                      .unfinished = gpu->lease.plan != NULL,
                      .claim = gpu->lease.claim,
                      .holders = holders,
                      .policy = gpu->daemon->policy };
    VfRequest request = { target, gpu->address, claimant, FALSE };

    return vf_planner_plan (&facts, &request, blockers);
}

void
vfd_gpu_publish (VfdGpu *gpu)
{
    tell (gpu, VFD_GPU_CHANGED, NULL);
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
save (VfdGpu *gpu)
{
    g_autoptr (GError) error = NULL;

    if (!vfd_lease_save (&gpu->lease, gpu->journal, &error))
        g_warning ("%s", error->message);
}

static void
wake (VfdGpu *gpu)
{
    if (!g_queue_is_empty (&gpu->jobs) && gpu->running == NULL && gpu->next_id == 0)
        gpu->next_id = g_idle_add (on_next, gpu);
}

static void
end_job (VfdGpu *gpu, const GError *error)
{
    Job *job = g_queue_pop_head (&gpu->jobs);

    if (job->abandons_run && !vf_error_is (error, VF_REASON_VM_RUNNING)) {
        vfd_lease_set_run (&gpu->lease, NULL);
        save (gpu);
    }
    vfd_gpu_publish (gpu);
    if (job->done != NULL)
        job->done (gpu, error, job->data);
    free_job (job);
    wake (gpu);
}

static void
on_switch_progressed (VfdSwitch *running, gpointer data)
{
    tell (data, VFD_GPU_PROGRESSED, NULL);
}

static void
set_wedged (VfdGpu *gpu, gboolean wedged)
{
    gpu->lease.wedged = wedged;
    save (gpu);
}

static void
on_wedge_over (gpointer data)
{
    VfdGpu *gpu = data;

    g_clear_pointer (&gpu->wedge, vfd_wedge_free);
    if (gpu->suspected)
        return;
    g_message ("The kernel answered for %s after all", vf_pci_address_format (gpu->address).text);
    set_wedged (gpu, FALSE);
    tell (gpu, VFD_GPU_UNSTUCK, NULL);
}

static void
on_wedge_changed (gpointer data)
{
    vfd_gpu_publish (data);
}

static const VfdWedgeEvents wedge_events = { on_wedge_changed, on_wedge_over };

/* Where it could not be asked it is not known either, and the card must come home. */
static void
on_suspicion_judged (gpointer data)
{
    VfdGpu *gpu = data;

    gpu->suspected = FALSE;
    if (gpu->wedge != NULL && vfd_wedge_is_seen (gpu->wedge)) {
        set_wedged (gpu, TRUE);
        vfd_gpu_publish (gpu);
    } else {
        g_clear_pointer (&gpu->wedge, vfd_wedge_free);
    }
    wake (gpu);
}

void
vfd_gpu_suspect (VfdGpu *gpu)
{
    if (gpu->lease.plan == NULL || gpu->lease.wedged || gpu->wedge != NULL)
        return;
    gpu->suspected = TRUE;
    gpu->wedge = vfd_wedge_new_inherited (gpu->daemon->helpers, gpu->address, journaled_step (gpu),
                                          &wedge_events, gpu);
    vfd_wedge_examine (gpu->wedge, on_suspicion_judged, gpu);
}

void
vfd_gpu_examine (VfdGpu *gpu, void (*done) (gpointer data), gpointer data)
{
    g_return_if_fail (gpu->lease.wedged);
    if (gpu->wedge == NULL)
        gpu->wedge = vfd_wedge_new_inherited (gpu->daemon->helpers, gpu->address,
                                              journaled_step (gpu), &wedge_events, gpu);
    vfd_wedge_examine (gpu->wedge, done, data);
}

static void
on_switch_ended (VfdSwitch *running, const GError *error, VfdLink *stuck, gpointer data)
{
    VfdGpu *gpu = data;
    g_autoptr (GError) copy = error != NULL ? g_error_copy (error) : NULL;

    tell (gpu, VFD_GPU_ENDED, copy);
    g_clear_pointer (&gpu->running, vfd_switch_free);
    if (stuck != NULL) {
        gpu->wedge = vfd_wedge_new (stuck, copy, &wedge_events, gpu);
        set_wedged (gpu, TRUE);
    }
    end_job (gpu, copy);
}

static const VfdSwitchEvents switch_events = { on_switch_progressed, on_switch_ended };

/* What has become true while the job waited for its turn. */
static GError *
check_turn (const VfdGpu *gpu, const Job *job)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (job->cancelled) {
        g_autofree char *sentence = vf_text_cancelled_unbegun ();

        return vf_error_new (VF_REASON_CANCELLED, "%s", sentence);
    }
    if (vfd_gpu_is_wedged (gpu))
        return vfd_gpu_wedged_error (gpu);
    if (job->target == VF_TARGET_HOST && vfd_lease_is_running (&gpu->lease)
        && !(job->abandons_run && job->run_number == gpu->run_number)
        && vfd_libvirt_pulse_beats (gpu->daemon->root)) {
        g_autofree char *label = vf_text_escape (gpu->lease.claim->label);

        return vf_error_new (
            VF_REASON_VM_RUNNING,
            "The VM %s runs with %s. Shut the VM down; the GPU then comes back by itself.", label,
            address.text);
    }
    return NULL;
}

static void
start_next (VfdGpu *gpu)
{
    Job *job = g_queue_peek_head (&gpu->jobs);
    g_autoptr (GError) error = NULL;
    VfdSwitchScene scene = { .inventory = gpu->daemon->inventory,
                             .policy = gpu->daemon->policy,
                             .helpers = gpu->daemon->helpers,
                             .lease = &gpu->lease,
                             .journal = gpu->journal };
    VfRequest request = { job->target, gpu->address, job->claimant, job->by_alias };

    if (gpu->suspected)
        return;
    error = check_turn (gpu, job);
    if (error != NULL) {
        end_job (gpu, error);
        return;
    }
    if (job->insists && gpu->lease.record != NULL)
        gpu->lease.homeward = TRUE;
    gpu->running = vfd_switch_start (&scene, &request, &switch_events, gpu);
    tell (gpu, VFD_GPU_BEGAN, NULL);
}

static void
push_job (VfdGpu *gpu, const Job *job)
{
    g_queue_push_tail (&gpu->jobs, g_memdup2 (job, sizeof *job));
    wake (gpu);
}

void
vfd_gpu_switch (
    VfdGpu *gpu, VfTarget target, const VfClaim *claimant, VfdGpuDone done, gpointer data)
{
    push_job (gpu, &(Job){ .target = target,
                           .claimant = vf_claim_copy (claimant),
                           .done = done,
                           .data = data });
}

void
vfd_gpu_send_home (VfdGpu *gpu)
{
    push_job (gpu, &(Job){ .target = VF_TARGET_HOST, .insists = TRUE });
}

void
vfd_gpu_lend (
    VfdGpu *gpu, const VfClaim *claimant, const char *caller, VfdGpuDone done, gpointer data)
{
    push_job (gpu, &(Job){ .target = VF_TARGET_VFIO,
                           .claimant = vf_claim_copy (claimant),
                           .caller = g_strdup (caller),
                           .done = done,
                           .data = data });
}

void
vfd_gpu_fetch (VfdGpu *gpu, VfdGpuDone done, gpointer data)
{
    push_job (gpu,
              &(Job){ .target = VF_TARGET_HOST, .by_alias = TRUE, .done = done, .data = data });
}

/* Why nobody may cancel @job. */
static void
set_not_cancellable_error (const VfdGpu *gpu, const Job *job, GError **error)
{
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (job->target == VF_TARGET_HOST)
        vf_error_set (error, VF_REASON_NOT_CANCELLABLE,
                      "%s is on its way back to the host, and a return is not cancelled half-way. "
                      "Wait for its end; then lend the GPU again if you need it.",
                      address.text);
    else
        vf_error_set (error, VF_REASON_NOT_CANCELLABLE,
                      "%s goes to a VM that starts or runs, and that is not cancelled. Shut the "
                      "VM down; the GPU then comes back by itself.",
                      address.text);
}

gboolean
vfd_gpu_cancel (VfdGpu *gpu, const char *caller, GError **error)
{
    Job *job = g_queue_peek_head (&gpu->jobs);
    VfPciAddressText address = vf_pci_address_format (gpu->address);

    if (job == NULL) {
        vf_error_set (error, VF_REASON_NOTHING_TO_CANCEL,
                      "No switch of %s runs that could be cancelled: it has ended already. "
                      "'virtflow status' shows where the GPU is.",
                      address.text);
    } else if (job->caller == NULL) {
        set_not_cancellable_error (gpu, job, error);
    } else if (!g_str_equal (job->caller, caller)) {
        vf_error_set (error, VF_REASON_NOT_AUTHORIZED,
                      "The switch of %s that runs was asked for by another program, and only that "
                      "one can cancel it.",
                      address.text);
    } else if (gpu->running != NULL && !vfd_switch_cancel (gpu->running)) {
        vf_error_set (error, VF_REASON_NOT_CANCELLABLE,
                      "The lend of %s is being undone already. Wait for its end.", address.text);
    } else {
        job->cancelled = TRUE;
        return TRUE;
    }
    return FALSE;
}

void
vfd_gpu_abandon_run (VfdGpu *gpu, VfdGpuDone done, gpointer data)
{
    push_job (gpu, &(Job){ .target = VF_TARGET_HOST,
                           .abandons_run = TRUE,
                           .run_number = gpu->run_number,
                           .done = done,
                           .data = data });
}

gboolean
vfd_gpu_begin_run (VfdGpu *gpu, const char *uuid, GError **error)
{
    gboolean saved;

    gpu->run_number++;
    vfd_lease_set_run (&gpu->lease, uuid);
    saved = vfd_lease_save (&gpu->lease, gpu->journal, error);
    vfd_gpu_publish (gpu);
    return saved;
}

void
vfd_gpu_end_run (VfdGpu *gpu, gboolean homeward)
{
    vfd_lease_set_run (&gpu->lease, NULL);
    gpu->lease.homeward = homeward && gpu->lease.record != NULL;
    save (gpu);
    vfd_gpu_publish (gpu);
}

void
vfd_gpu_see_run (VfdGpu *gpu)
{
    if (gpu->lease.run == NULL || gpu->lease.run_seen)
        return;
    gpu->lease.run_seen = TRUE;
    save (gpu);
}

void
vfd_gpu_set_in_use (VfdGpu *gpu, gboolean in_use)
{
    gpu->in_use = in_use;
    if (in_use)
        vfd_gpu_see_run (gpu);
    vfd_gpu_publish (gpu);
}
