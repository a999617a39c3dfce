/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which a switch asks, writes down and acts. */
#include "fake-switch.h"

#include "vf-device-nodes.h"
#include "vf-error.h"
#include "vf-holders.h"
#include "vf-snapshot-reader.h"
#include "vfw-executor.h"

FakeSwitch *
fake_switch_new (FakeHost *host, VfPciAddress gpu)
{
    FakeSwitch *job = g_new0 (FakeSwitch, 1);

    job->host = host;
    job->gpu = gpu;
    job->fail_at = G_MAXUINT;
    return job;
}

void
fake_switch_free (FakeSwitch *job)
{
    vf_record_free (job->record);
    g_clear_pointer (&job->blockers, g_ptr_array_unref);
    g_clear_error (&job->error);
    g_free (job);
}

void
fake_switch_heal (FakeSwitch *job)
{
    job->fail_at = G_MAXUINT;
    job->host->kernel->crashed = FALSE;
    job->host->kernel->fault = FAKE_FAULT_NONE;
}

typedef GPtrArray *(*ListNodes) (const VfSysfs *root, VfPciAddress address, GError **error);

/* As the probe: nobody but idle sound servers may have a node of the GPU. */
static gboolean
check_holders (FakeSwitch *job, ListNodes list)
{
    for (guint8 number = 0; number < VF_GPU_MAX_FUNCTIONS; number++) {
        VfPciAddress address = job->gpu;
        g_autoptr (GPtrArray) nodes = NULL;
        g_autoptr (GPtrArray) holders = NULL;
        guint n_hidden;

        address.function = number;
        if (fake_host_ids (job->host, address) == 0)
            continue;
        nodes = list (job->host->root, address, &job->error);
        if (nodes == NULL)
            return FALSE;
        holders = vf_holders_find (job->host->root, nodes, &n_hidden, &job->error);
        if (holders == NULL)
            return FALSE;
        for (guint i = 0; i < holders->len; i++) {
            if (!vf_holder_is_idle_sound_server (g_ptr_array_index (holders, i))) {
                vf_error_set (&job->error, VF_REASON_HELD_BY_PROCESS, "Somebody has it open.");
                return FALSE;
            }
        }
    }
    return TRUE;
}

static void
note_answer (FakeSwitch *job, const VfStep *step, const char *answer)
{
    if (step->kind == VF_STEP_NOTE_REGISTERS)
        vf_record_set_registers (job->record, step->address, answer);
    if (step->kind == VF_STEP_NOTE_NODES)
        vf_record_set_fence (job->record, step->address, answer);
}

static gboolean
run_step (FakeSwitch *job, const VfStep *step)
{
    g_autofree char *answer = NULL;

    switch (vf_step_actor (step->kind)) {
    case VF_ACTOR_MODULES:
        return fake_kernel_load_module (job->host->kernel, step->value, &job->error);
    case VF_ACTOR_PROBE:
        return check_holders (job, step->kind == VF_STEP_CHECK_HOLDERS ? vf_device_nodes_of_host
                                                                       : vf_device_nodes_of_vfio);
    case VF_ACTOR_WORKER:
        break;
    }
    answer = vfw_executor_run (job->host->root, &job->host->kernel->kernel, step, &job->error);
    if (answer == NULL || job->host->kernel->crashed)
        return FALSE;
    note_answer (job, step, answer);
    return TRUE;
}

static FakeSwitchEnd
run_steps (FakeSwitch *job, const VfPlan *plan)
{
    for (guint i = 0; i < vf_plan_length (plan); i++) {
        if (i == job->fail_at) {
            vf_error_set (&job->error, VF_REASON_STEP_REJECTED, "The test refuses this step.");
            return FAKE_SWITCH_FAILED;
        }
        if (!run_step (job, vf_plan_step (plan, i)))
            return job->host->kernel->crashed ? FAKE_SWITCH_CRASHED : FAKE_SWITCH_FAILED;
    }
    return FAKE_SWITCH_DONE;
}

/* The record is in the journal before the first write. */
static void
open_journal (FakeSwitch *job, const VfSnapshot *snapshot)
{
    VfGpu gpu;

    g_assert_true (vf_gpu_find (snapshot, job->gpu, &gpu));
    if (job->record == NULL)
        job->record = vf_record_new (&gpu);
    job->unfinished = TRUE;
}

FakeSwitchEnd
fake_switch_run (FakeSwitch *job, VfTarget target)
{
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (job->host->root, NULL);
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = {
        .snapshot = snapshot, .record = job->record, .unfinished = job->unfinished, .policy = policy
    };
    VfRequest request = { .target = target, .gpu = job->gpu };
    guint writes_before = job->host->kernel->writes;
    g_autoptr (VfPlan) plan = NULL;
    FakeSwitchEnd end;

    g_clear_pointer (&job->blockers, g_ptr_array_unref);
    g_clear_error (&job->error);
    plan = vf_planner_plan (&facts, &request, &job->blockers);
    job->n_steps = plan != NULL ? vf_plan_length (plan) : 0;
    job->n_writes = 0;
    if (plan == NULL)
        return FAKE_SWITCH_REFUSED;
    if (job->n_steps == 0)
        return FAKE_SWITCH_DONE;
    open_journal (job, snapshot);
    end = run_steps (job, plan);
    job->n_writes = job->host->kernel->writes - writes_before;
    if (end != FAKE_SWITCH_DONE)
        return end;
    job->unfinished = FALSE;
    if (target == VF_TARGET_HOST)
        g_clear_pointer (&job->record, vf_record_free);
    return FAKE_SWITCH_DONE;
}
