/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every machine and every GPU of it, every request, and a failure or a crash at every step and at
 * every write: the request reaches its goal or says why not, and a GPU is never left half-way. */
#include "fake-switch.h"
#include "fake-tree.h"
#include "vf-error.h"
#include "vf-snapshot-reader.h"

#include <errno.h>
#include <string.h>

typedef struct {
    const char *machine;
    VfPciAddress gpu;
} Subject;

/* Which requests to lend are refused, and why; every other one must succeed. */
static const struct {
    const char *machine, *gpu;
    VfReason reason;
} refusals[] = {
    { "asleep", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "boot-display-card", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "boot-display-igpu", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "boot-vga-dgpu", "0000:01:00.0", VF_REASON_HOST_DISPLAY },
    { "companions-driverless", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "driverless", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "driverless", "0000:01:00.0", VF_REASON_FOREIGN_DRIVER },
    { "enabled-on-dgpu", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "enabled-on-dgpu", "0000:01:00.0", VF_REASON_HOST_DISPLAY },
    { "group-with-disk", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "group-with-disk", "0000:01:00.0", VF_REASON_FOREIGN_GROUP_MEMBER },
    { "group-with-nic", "0000:00:01.0", VF_REASON_HOST_DISPLAY },
    { "group-with-nic", "0000:01:01.0", VF_REASON_FOREIGN_GROUP_MEMBER },
    { "half-bound", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "half-bound", "0000:01:00.0", VF_REASON_FOREIGN_DRIVER },
    { "held", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "held", "0000:01:00.0", VF_REASON_HELD_BY_PROCESS },
    { "hyperv-domain", "0000:00:08.0", VF_REASON_HOST_DISPLAY },
    { "igpu-amd", "0000:0e:00.0", VF_REASON_HOST_DISPLAY },
    { "igpu-nvidia", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "lab", "0000:00:01.0", VF_REASON_HOST_DISPLAY },
    { "laptop-3d-controller", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "many-bridges", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "monitor-connected", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "monitor-lit", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "no-iommu", "0000:00:02.0", VF_REASON_NO_IOMMU },
    { "no-iommu", "0000:01:00.0", VF_REASON_NO_IOMMU },
    { "on-vfio", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "on-vfio", "0000:01:00.0", VF_REASON_FOREIGN_DRIVER },
    { "only-gpu", "0000:01:00.0", VF_REASON_HOST_DISPLAY },
    { "split-groups", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "two-identical", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "vfio-builtin", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "vfio-loadable", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "vfio-missing", "0000:00:02.0", VF_REASON_NO_VFIO_PCI },
    { "vfio-missing", "0000:01:00.0", VF_REASON_NO_VFIO_PCI },
    { "vmd-domain", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
};

static const VfReason *
expected_refusal (const Subject *subject)
{
    VfPciAddressText gpu = vf_pci_address_format (subject->gpu);

    for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
        if (g_str_equal (refusals[i].machine, subject->machine)
            && g_str_equal (refusals[i].gpu, gpu.text))
            return &refusals[i].reason;
    return NULL;
}

static void
assert_lent (FakeSwitch *job)
{
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (job->host->root, NULL);
    VfGpu gpu;

    g_assert_true (vf_gpu_find (snapshot, job->gpu, &gpu));
    for (guint i = 0; i < gpu.n_functions; i++) {
        const VfPciFunction *function = gpu.functions[i];
        g_autofree char *node = g_strdup_printf ("dev/vfio/%d", function->iommu_group);
        g_autofree char *path = g_strdup_printf ("sys/bus/pci/devices/%s/driver_override",
                                                 vf_pci_address_format (function->address).text);
        char override[64];

        g_assert_cmpstr (function->driver, ==, "vfio-pci");
        g_assert_true (vf_sysfs_exists (job->host->root, node));
        g_assert_cmpint (vf_sysfs_read (job->host->root, path, override, sizeof override), ==, 0);
        g_assert_cmpstr (override, ==, "vfio-pci");
        if (function->power_control != NULL)
            g_assert_cmpstr (function->power_control, ==, "on");
        if (function->d3cold_allowed != NULL)
            g_assert_cmpstr (function->d3cold_allowed, ==, "0");
    }
}

static FakeSwitchEnd
run (FakeSwitch *job, VfTarget target)
{
    FakeSwitchEnd end = fake_switch_run (job, target);

    if (end == FAKE_SWITCH_FAILED)
        g_test_message ("%s", job->error->message);
    return end;
}

/* Lends, and returns FALSE when that is refused as it should be. */
static gboolean
lend (FakeSwitch *job, const Subject *subject)
{
    const VfReason *refusal = expected_refusal (subject);
    FakeSwitchEnd end = run (job, VF_TARGET_VFIO);

    if (refusal == NULL) {
        g_assert_cmpint (end, ==, FAKE_SWITCH_DONE);
        assert_lent (job);
        return TRUE;
    }
    g_assert_cmpint (end, !=, FAKE_SWITCH_DONE);
    if (end == FAKE_SWITCH_FAILED) {
        g_assert_cmpstr (vf_reason_id (vf_error_reason (job->error)), ==, vf_reason_id (*refusal));
    } else {
        gboolean found = FALSE;

        for (guint i = 0; i < job->blockers->len; i++) {
            const VfBlocker *blocker = g_ptr_array_index (job->blockers, i);

            g_assert_cmpstr (blocker->sentence, !=, "");
            found |= blocker->reason == *refusal;
        }
        g_assert_true (found);
    }
    return FALSE;
}

/* Brings the GPU home and compares everything. */
static void
go_home (FakeSwitch *job, const char *before, const char *when)
{
    fake_switch_heal (job);
    g_assert_cmpint (run (job, VF_TARGET_HOST), ==, FAKE_SWITCH_DONE);
    fake_host_assert_same (job->host, before, when);
    g_assert_null (job->record);
}

static void
test_requests (gconstpointer data)
{
    const Subject *subject = data;
    g_autoptr (FakeHost) host = fake_host_new (subject->machine);
    g_autoptr (FakeSwitch) job = fake_switch_new (host, subject->gpu);
    g_autofree char *before = fake_host_fingerprint (host);

    if (!lend (job, subject)) {
        if (job->record != NULL)
            go_home (job, before, "refused while it was lent");
        fake_host_assert_same (host, before, "refused");
        return;
    }
    g_assert_true (lend (job, subject));
    g_assert_cmpuint (job->n_steps, ==, 0);
    go_home (job, before, "lent and returned");
    g_assert_cmpint (run (job, VF_TARGET_HOST), ==, FAKE_SWITCH_DONE);
    g_assert_cmpuint (job->n_steps, ==, 0);
    g_assert_true (lend (job, subject));
    go_home (job, before, "lent and returned twice");
}

typedef enum {
    AT_STEP, /* the step does not begin */
    AT_WRITE,
} Place;

static const struct {
    const char *name;
    Place place;
    FakeFault fault;
} mishaps[] = {
    { "step refused", AT_STEP, FAKE_FAULT_NONE },
    { "write refused", AT_WRITE, FAKE_FAULT_ERRNO },
    { "write without effect", AT_WRITE, FAKE_FAULT_NO_EFFECT },
    { "crash before write", AT_WRITE, FAKE_FAULT_CRASH_BEFORE },
    { "crash after write", AT_WRITE, FAKE_FAULT_CRASH_AFTER },
};

static void
arm (FakeSwitch *job, guint mishap, guint k)
{
    if (mishaps[mishap].place == AT_STEP)
        job->fail_at = k;
    else
        fake_kernel_inject (job->host->kernel, k, mishaps[mishap].fault, EIO);
}

/* In how many places a mishap can happen in a request that would go well: to lend a GPU that is
 * home, or to return one that is lent. */
static guint
count_places (const Subject *subject, VfTarget target, guint mishap)
{
    g_autoptr (FakeHost) host = fake_host_new (subject->machine);
    g_autoptr (FakeSwitch) job = fake_switch_new (host, subject->gpu);

    g_assert_true (lend (job, subject));
    if (target == VF_TARGET_HOST)
        g_assert_cmpint (run (job, VF_TARGET_HOST), ==, FAKE_SWITCH_DONE);
    return mishaps[mishap].place == AT_STEP ? job->n_steps : job->n_writes;
}

/* A request that meets a mishap. Every trial ends with the GPU at home and the machine as it was
 * (which is checked), so the next one may have the same machine; but not if a module was loaded. */
typedef struct {
    const Subject *subject;
    FakeHost *host;
    FakeSwitch *job;
    char *before; /* the machine's fingerprint */
    char *when;   /* for messages */
} Trial;

static Trial
begin_trials (gconstpointer data)
{
    const Subject *subject = data;
    Trial trial = { .subject = subject, .host = fake_host_new (subject->machine) };

    trial.before = fake_host_fingerprint (trial.host);
    return trial;
}

static void
begin_trial (Trial *trial, VfTarget target, guint mishap, guint k)
{
    FakeSwitchEnd end;

    if (trial->host->machine->vfio == FAKE_VFIO_LOADABLE) {
        fake_host_free (trial->host);
        trial->host = fake_host_new (trial->subject->machine);
    }
    trial->job = fake_switch_new (trial->host, trial->subject->gpu);
    trial->when = g_strdup_printf ("%s, %s at %u", vf_target_id (target), mishaps[mishap].name, k);
    g_test_message ("%s", trial->when);
    if (target == VF_TARGET_HOST)
        g_assert_true (lend (trial->job, trial->subject));
    arm (trial->job, mishap, k);
    end = run (trial->job, target);
    g_assert_true (end == FAKE_SWITCH_FAILED || end == FAKE_SWITCH_CRASHED);
    fake_switch_heal (trial->job);
}

static void
end_trial (Trial *trial)
{
    go_home (trial->job, trial->before, trial->when);
    g_clear_pointer (&trial->job, fake_switch_free);
    g_clear_pointer (&trial->when, g_free);
}

static void
end_trials (Trial *trial)
{
    fake_host_free (trial->host);
    g_free (trial->before);
}

/* Tries every mishap in every place of a request, then runs @and_then (NULL for nothing), then
 * brings the GPU home. */
static void
try_all (gconstpointer subject, VfTarget target, void (*and_then) (Trial *trial))
{
    Trial trial = begin_trials (subject);

    for (guint mishap = 0; mishap < G_N_ELEMENTS (mishaps); mishap++) {
        guint places = count_places (subject, target, mishap);

        for (guint k = 0; k < places; k++) {
            begin_trial (&trial, target, mishap, k);
            if (and_then != NULL)
                and_then (&trial);
            end_trial (&trial);
        }
    }
    end_trials (&trial);
}

static void
lend_again (Trial *trial)
{
    g_assert_true (lend (trial->job, trial->subject));
}

static void
test_lend_undone (gconstpointer subject)
{
    try_all (subject, VF_TARGET_VFIO, NULL);
}

static void
test_lend_repeated (gconstpointer subject)
{
    try_all (subject, VF_TARGET_VFIO, lend_again);
}

static void
test_return_repeated (gconstpointer subject)
{
    try_all (subject, VF_TARGET_HOST, NULL);
}

static void
test_return_reversed (gconstpointer subject)
{
    try_all (subject, VF_TARGET_HOST, lend_again);
}

/* The worker dies while the GPU is lent, and another dies while that is undone. */
static void
test_undo_interrupted (gconstpointer subject)
{
    guint crash = G_N_ELEMENTS (mishaps) - 1;
    guint places = count_places (subject, VF_TARGET_VFIO, crash);
    Trial trial = begin_trials (subject);

    for (guint k = 0; k < places; k++) {
        gboolean reached = TRUE;

        for (guint second = 0; reached; second++) {
            begin_trial (&trial, VF_TARGET_VFIO, crash, k);
            arm (trial.job, crash, second);
            reached = run (trial.job, VF_TARGET_HOST) == FAKE_SWITCH_CRASHED;
            end_trial (&trial);
        }
    }
    end_trials (&trial);
}

/* Two crashes in a row are many trials. */
static gboolean
is_tried_twice (const Subject *subject)
{
    static const char *const machines[] = { "igpu-nvidia", "lab", "vfio-loadable", NULL };

    return g_strv_contains (machines, subject->machine);
}

static void
add (const char *name, const Subject *subject, GTestDataFunc test)
{
    g_autofree char *path = g_strdup_printf ("/switch/%s/%s/%s", name, subject->machine,
                                             vf_pci_address_format (subject->gpu).text);

    g_test_add_data_func (path, subject, test);
}

static void
add_machine (const char *machine, GArray *subjects)
{
    g_autoptr (FakeHost) host = fake_host_new (machine);
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (host->root, NULL);
    g_autoptr (GArray) gpus = vf_gpu_list (snapshot);

    for (guint i = 0; i < gpus->len; i++) {
        Subject subject = { g_intern_string (machine), g_array_index (gpus, VfGpu, i).address };

        g_array_append_val (subjects, subject);
    }
}

static GArray *
find_subjects (void)
{
    GArray *subjects = g_array_new (FALSE, FALSE, sizeof (Subject));
    g_autoptr (GDir) folder = g_dir_open (FAKE_MACHINES_FOLDER, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (folder)) != NULL) {
        g_autofree char *machine = g_strdup (name);

        if (!g_str_has_suffix (name, ".machine"))
            continue;
        machine[strlen (name) - strlen (".machine")] = '\0';
        add_machine (machine, subjects);
    }
    return subjects;
}

int
main (int argc, char **argv)
{
    g_autoptr (GArray) subjects = find_subjects ();

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < subjects->len; i++) {
        const Subject *subject = &g_array_index (subjects, Subject, i);

        add ("requests", subject, test_requests);
        if (expected_refusal (subject) != NULL)
            continue;
        add ("lend-undone", subject, test_lend_undone);
        add ("lend-repeated", subject, test_lend_repeated);
        add ("return-repeated", subject, test_return_repeated);
        add ("return-reversed", subject, test_return_reversed);
        if (is_tried_twice (subject))
            add ("undo-interrupted", subject, test_undo_interrupted);
    }
    return g_test_run ();
}
