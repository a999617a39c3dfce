/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every machine and every GPU of it, every request; and for each way that a GPU takes, a failure or
 * a crash at every step and at every write: the request reaches its goal or says why not, and a GPU
 * is never left half-way. */
#include "fake-tree.h"
#include "switch-stage.h"
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
    { "amd-compute", "0000:03:00.0", VF_REASON_HELD_BY_PROCESS },
    { "amd-compute", "0000:0e:00.0", VF_REASON_HOST_DISPLAY },
    { "amd-polaris", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
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
    { "igpu-nvidia-monitors", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "lab", "0000:00:01.0", VF_REASON_HOST_DISPLAY },
    { "laptop-3d-controller", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "many-bridges", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "monitor-connected", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "monitor-lit", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "monitor-only-on-card", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "no-iommu", "0000:00:02.0", VF_REASON_NO_IOMMU },
    { "no-iommu", "0000:01:00.0", VF_REASON_NO_IOMMU },
    { "nvidia-alone", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "nvidia-two", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "nvidia-two", "0000:02:00.0", VF_REASON_HELD_BY_PROCESS },
    { "on-vfio", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "on-vfio", "0000:01:00.0", VF_REASON_FOREIGN_DRIVER },
    { "only-gpu", "0000:01:00.0", VF_REASON_HOST_DISPLAY },
    { "server-8-gpus", "0000:02:00.0", VF_REASON_HOST_DISPLAY },
    { "split-groups", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "two-identical", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "usb-in-use", "0000:00:02.0", VF_REASON_HOST_DISPLAY },
    { "usb-in-use", "0000:01:00.0", VF_REASON_CARRIES_DEVICE },
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
assert_lent (const FakeHost *host, VfPciAddress address)
{
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (host->root, NULL);
    VfGpu gpu;

    g_assert_true (vf_gpu_find (snapshot, address, &gpu));
    for (guint i = 0; i < gpu.n_functions; i++) {
        const VfPciFunction *function = gpu.functions[i];
        g_autofree char *node = g_strdup_printf ("dev/vfio/%d", function->iommu_group);
        g_autofree char *path = g_strdup_printf ("sys/bus/pci/devices/%s/driver_override",
                                                 vf_pci_address_format (function->address).text);
        char override[64];

        g_assert_cmpstr (function->driver, ==, "vfio-pci");
        g_assert_true (vf_sysfs_exists (host->root, node));
        g_assert_cmpint (vf_sysfs_read (host->root, path, override, sizeof override), ==, 0);
        g_assert_cmpstr (override, ==, "vfio-pci");
        if (function->power_control != NULL)
            g_assert_cmpstr (function->power_control, ==, "on");
        if (function->d3cold_allowed != NULL)
            g_assert_cmpstr (function->d3cold_allowed, ==, "0");
    }
}

/* A machine with one of its GPUs, and how the machine looked before anything was done to it. */
typedef struct {
    const Subject *subject;
    FakeHost *host;
    SwitchStage *stage;
    char *before;
} Scene;

static Scene
scene_begin (const Subject *subject)
{
    Scene scene = { .subject = subject, .host = fake_host_new (subject->machine) };

    scene.before = fake_host_fingerprint (scene.host);
    scene.stage = switch_stage_new (scene.host, subject->gpu);
    return scene;
}

static void
scene_end (Scene *scene)
{
    switch_stage_free (scene->stage);
    fake_host_free (scene->host);
    g_free (scene->before);
}

static SwitchEnd
run (Scene *scene, VfTarget target)
{
    SwitchEnd end = switch_stage_run (scene->stage, target);

    if (end != SWITCH_DONE && end != SWITCH_DIED)
        g_test_message ("%s", switch_stage_error (scene->stage)->message);
    return end;
}

/* All is as it was, and nothing is remembered. */
static void
assert_home (Scene *scene, const char *when)
{
    fake_host_assert_same (scene->host, scene->before, when);
    g_assert_true (vfd_lease_is_empty (switch_stage_lease (scene->stage)));
}

/* Lends, and returns FALSE when that is refused as it should be. */
static gboolean
lend (Scene *scene)
{
    const VfReason *refusal = expected_refusal (scene->subject);
    SwitchEnd end = run (scene, VF_TARGET_VFIO);

    if (refusal == NULL) {
        g_assert_cmpint (end, ==, SWITCH_DONE);
        assert_lent (scene->host, scene->subject->gpu);
        return TRUE;
    }
    g_assert_true (end == SWITCH_REFUSED || end == SWITCH_FAILED);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (switch_stage_error (scene->stage))), ==,
                     vf_reason_id (*refusal));
    return FALSE;
}

static void
go_home (Scene *scene, const char *when)
{
    g_assert_cmpint (run (scene, VF_TARGET_HOST), ==, SWITCH_DONE);
    assert_home (scene, when);
}

static void
test_requests (gconstpointer subject)
{
    Scene scene = scene_begin (subject);

    if (!lend (&scene)) {
        assert_home (&scene, "refused");
        scene_end (&scene);
        return;
    }
    g_assert_true (lend (&scene));
    g_assert_cmpuint (switch_stage_n_requests (scene.stage), ==, 0);
    go_home (&scene, "lent and returned");
    g_assert_cmpint (run (&scene, VF_TARGET_HOST), ==, SWITCH_DONE);
    g_assert_cmpuint (switch_stage_n_requests (scene.stage), ==, 0);
    g_assert_true (lend (&scene));
    go_home (&scene, "lent and returned twice");
    scene_end (&scene);
}

typedef enum {
    AT_REQUEST, /* to a helper */
    AT_WRITE,   /* to the kernel */
} Place;

static const struct {
    const char *name;
    Place place;
    FakeFault fault;
    SwitchEnd end;
} mishaps[] = {
    { "request refused", AT_REQUEST, FAKE_FAULT_NONE, SWITCH_FAILED },
    { "daemon dies", AT_REQUEST, FAKE_FAULT_NONE, SWITCH_DIED },
    { "write refused", AT_WRITE, FAKE_FAULT_ERRNO, SWITCH_FAILED },
    { "write without effect", AT_WRITE, FAKE_FAULT_NO_EFFECT, SWITCH_FAILED },
    { "helper dies before write", AT_WRITE, FAKE_FAULT_CRASH_BEFORE, SWITCH_FAILED },
    { "helper dies after write", AT_WRITE, FAKE_FAULT_CRASH_AFTER, SWITCH_FAILED },
};

static void
arm (Scene *scene, guint mishap, guint k)
{
    if (mishaps[mishap].place == AT_WRITE)
        fake_kernel_inject (scene->host->kernel, k, mishaps[mishap].fault, EIO);
    else if (mishaps[mishap].end == SWITCH_DIED)
        switch_stage_kill_daemon (scene->stage, k);
    else
        switch_stage_refuse (scene->stage, k);
}

/* In how many places something can happen in a request that goes well: to lend a GPU that is home,
 * or to return one that is lent. */
static guint
count_places (const Subject *subject, VfTarget target, Place place)
{
    Scene scene = scene_begin (subject);
    guint places;

    g_assert_true (lend (&scene));
    if (target == VF_TARGET_HOST)
        g_assert_cmpint (run (&scene, VF_TARGET_HOST), ==, SWITCH_DONE);
    places = place == AT_WRITE ? switch_stage_n_writes (scene.stage)
                               : switch_stage_n_requests (scene.stage);
    scene_end (&scene);
    return places;
}

/* Every scene ends with the GPU at home and the machine as it was (which is checked), so the next
 * mishap may have the same; but not if a module was loaded. */
static void
renew (Scene *scene)
{
    if (scene->host->machine->vfio != FAKE_VFIO_LOADABLE)
        return;
    scene_end (scene);
    *scene = scene_begin (scene->subject);
}

/* Runs the request that a mishap meets. What must be true then, by the daemon's own doing: a lend
 * is undone. A return is as well as long as the card is on vfio-pci; later it is tried again, and
 * has succeeded or says what is missing. */
static void
run_mishap (Scene *scene, VfTarget target, guint mishap, const char *when)
{
    SwitchEnd end = run (scene, target);

    if (target == VF_TARGET_HOST && mishaps[mishap].end == SWITCH_FAILED && end == SWITCH_DONE) {
        assert_home (scene, when);
        return;
    }
    g_assert_cmpint (end, ==, mishaps[mishap].end);
    if (end != SWITCH_FAILED)
        return;
    if (target == VF_TARGET_VFIO)
        assert_home (scene, when);
    else if (switch_stage_lease (scene->stage)->plan == NULL)
        assert_lent (scene->host, scene->subject->gpu);
    else
        g_assert_cmpint (vf_error_code (switch_stage_error (scene->stage)), ==,
                         VF_ERROR_INCOMPLETE);
}

/* Tries every mishap in every place of a request, then, if @and_lend, lends again; then brings the
 * GPU home. */
static void
try_all (const Subject *subject, VfTarget target, gboolean and_lend)
{
    Scene scene = scene_begin (subject);

    for (guint mishap = 0; mishap < G_N_ELEMENTS (mishaps); mishap++) {
        guint places = count_places (subject, target, mishaps[mishap].place);

        /* A lend that failed was undone already: that it can be repeated says more. */
        if (target == VF_TARGET_VFIO && !and_lend && mishaps[mishap].end == SWITCH_FAILED)
            continue;
        for (guint k = 0; k < places; k++) {
            g_autofree char *when =
                g_strdup_printf ("%s, %s at %u", vf_target_id (target), mishaps[mishap].name, k);

            g_test_message ("%s", when);
            renew (&scene);
            if (target == VF_TARGET_HOST)
                g_assert_true (lend (&scene));
            arm (&scene, mishap, k);
            run_mishap (&scene, target, mishap, when);
            if (and_lend)
                g_assert_true (lend (&scene));
            go_home (&scene, when);
        }
    }
    scene_end (&scene);
}

static void
test_lend_undone (gconstpointer subject)
{
    try_all (subject, VF_TARGET_VFIO, FALSE);
}

static void
test_lend_repeated (gconstpointer subject)
{
    try_all (subject, VF_TARGET_VFIO, TRUE);
}

static void
test_return_repeated (gconstpointer subject)
{
    try_all (subject, VF_TARGET_HOST, FALSE);
}

static void
test_return_reversed (gconstpointer subject)
{
    try_all (subject, VF_TARGET_HOST, TRUE);
}

/* When the host has its card again, a failure of what comes after does not take it away. */
static void
test_late_failure (gconstpointer subject)
{
    guint places = count_places (subject, VF_TARGET_HOST, AT_REQUEST);
    Scene scene = scene_begin (subject);

    g_assert_true (lend (&scene));
    switch_stage_refuse (scene.stage, places - 1);
    g_assert_cmpint (run (&scene, VF_TARGET_HOST), ==, SWITCH_FAILED);
    g_assert_cmpint (vf_error_code (switch_stage_error (scene.stage)), ==, VF_ERROR_INCOMPLETE);
    g_assert_cmpuint (switch_stage_n_requests (scene.stage), ==, places);
    go_home (&scene, "failed at the last step");
    scene_end (&scene);
}

/* The helper dies while the GPU is lent, and another dies while that is undone. */
static void
test_undo_interrupted (gconstpointer subject)
{
    guint places = count_places (subject, VF_TARGET_VFIO, AT_WRITE);
    Scene scene = scene_begin (subject);

    for (guint k = 0; k < places; k++) {
        gboolean reached = TRUE;

        for (guint second = 0; reached; second++) {
            g_autofree char *when = g_strdup_printf ("dies at %u, then at %u", k, second);

            g_test_message ("%s", when);
            renew (&scene);
            fake_kernel_inject (scene.host->kernel, k, FAKE_FAULT_CRASH_AFTER, EIO);
            fake_kernel_inject_again (scene.host->kernel, second);
            g_assert_cmpint (run (&scene, VF_TARGET_VFIO), ==, SWITCH_FAILED);
            reached = scene.host->kernel->writes > scene.host->kernel->fault_at;
            go_home (&scene, when);
        }
    }
    scene_end (&scene);
}

/* The kernel hangs in a write, and lets go later. */
static void
test_hang (gconstpointer subject)
{
    for (VfTarget target = VF_TARGET_HOST; target <= VF_TARGET_VFIO; target++) {
        guint places = count_places (subject, target, AT_WRITE);
        Scene scene = scene_begin (subject);

        for (guint k = 0; k < places; k++) {
            g_autofree char *when = g_strdup_printf ("%s, hangs at %u", vf_target_id (target), k);

            g_test_message ("%s", when);
            if (target == VF_TARGET_HOST)
                g_assert_true (lend (&scene));
            fake_kernel_inject (scene.host->kernel, k, FAKE_FAULT_HANG, 0);
            g_assert_cmpint (run (&scene, target), ==, SWITCH_WEDGED);
            g_assert_cmpint (vf_error_code (switch_stage_error (scene.stage)), ==,
                             VF_ERROR_TIMED_OUT);
            switch_stage_unhang (scene.stage);
            go_home (&scene, when);
        }
        scene_end (&scene);
    }
}

/* Cancelled while any of its steps is carried out, or before the first one, a lend leaves nothing
 * behind, and the next one succeeds. */
static void
test_cancelled (gconstpointer subject)
{
    guint places = count_places (subject, VF_TARGET_VFIO, AT_REQUEST);
    Scene scene = scene_begin (subject);

    for (guint k = 0; k <= places; k++) {
        g_autofree char *when = g_strdup_printf ("cancelled at %u", k);

        g_test_message ("%s", when);
        renew (&scene);
        switch_stage_cancel (scene.stage, k < places ? k : SWITCH_STAGE_AT_ONCE);
        g_assert_cmpint (run (&scene, VF_TARGET_VFIO), ==,
                         k < places ? SWITCH_FAILED : SWITCH_REFUSED);
        g_assert_true (switch_stage_was_cancelled (scene.stage));
        g_assert_true (vf_error_is (switch_stage_error (scene.stage), VF_REASON_CANCELLED));
        g_assert_nonnull (
            strstr (switch_stage_error (scene.stage)->message, "the host has the GPU."));
        assert_home (&scene, when);
    }
    g_assert_true (lend (&scene));
    go_home (&scene, "cancelled, lent and returned");
    scene_end (&scene);
}

/* A return, and what is undone already, do not take the request: they end as they would. */
static void
test_not_cancellable (gconstpointer subject)
{
    guint places = count_places (subject, VF_TARGET_HOST, AT_REQUEST);
    Scene scene = scene_begin (subject);

    for (guint k = 0; k < places; k++) {
        renew (&scene);
        g_assert_true (lend (&scene));
        switch_stage_cancel (scene.stage, k);
        g_assert_cmpint (run (&scene, VF_TARGET_HOST), ==, SWITCH_DONE);
        g_assert_false (switch_stage_was_cancelled (scene.stage));
        assert_home (&scene, "returned");
    }
    places = count_places (subject, VF_TARGET_VFIO, AT_REQUEST);
    renew (&scene);
    switch_stage_refuse (scene.stage, places - 1);
    switch_stage_cancel (scene.stage, places);
    g_assert_cmpint (run (&scene, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_cmpuint (switch_stage_n_requests (scene.stage), >, places);
    g_assert_false (switch_stage_was_cancelled (scene.stage));
    g_assert_true (vf_error_is (switch_stage_error (scene.stage), VF_REASON_STEP_REJECTED));
    assert_home (&scene, "undone");

    g_assert_true (lend (&scene));
    switch_stage_refuse (scene.stage, 1);
    switch_stage_cancel (scene.stage, 2);
    g_assert_cmpint (run (&scene, VF_TARGET_HOST), ==, SWITCH_FAILED);
    g_assert_cmpuint (switch_stage_n_requests (scene.stage), >, 2);
    g_assert_false (switch_stage_was_cancelled (scene.stage));
    assert_lent (scene.host, scene.subject->gpu);
    go_home (&scene, "lent again and returned");
    scene_end (&scene);
}

/* Nothing has to be done for it, and it is cancelled all the same: the GPU stays lent. */
static void
test_cancelled_when_lent (gconstpointer subject)
{
    Scene scene = scene_begin (subject);

    g_assert_true (lend (&scene));
    switch_stage_cancel (scene.stage, SWITCH_STAGE_AT_ONCE);
    g_assert_cmpint (run (&scene, VF_TARGET_VFIO), ==, SWITCH_REFUSED);
    g_assert_true (vf_error_is (switch_stage_error (scene.stage), VF_REASON_CANCELLED));
    g_assert_nonnull (strstr (switch_stage_error (scene.stage)->message, "still reserved"));
    assert_lent (scene.host, scene.subject->gpu);
    go_home (&scene, "lent, cancelled and returned");
    scene_end (&scene);
}

/* Two crashes in a row are many trials, and what cannot be cancelled is that on every machine. */
static gboolean
is_tried_more (const Subject *subject)
{
    static const char *const machines[] = { "igpu-nvidia", "lab", "nvidia-alone", "vfio-loadable",
                                            NULL };

    return g_strv_contains (machines, subject->machine);
}

/* How the GPU goes and comes back: the requests to helpers, and how much is written. Where it is
 * the same for two GPUs, a mishap finds the same code in the same state. */
static char *
find_way (const Subject *subject)
{
    Scene scene = scene_begin (subject);
    GString *way = g_string_new (NULL);

    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint (run (&scene, i == 0 ? VF_TARGET_VFIO : VF_TARGET_HOST), ==, SWITCH_DONE);
        g_string_append_printf (way, "%s%u writes\n", switch_stage_requests (scene.stage),
                                switch_stage_n_writes (scene.stage));
    }
    scene_end (&scene);
    return g_string_free (way, FALSE);
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

static int
compare_machines (gconstpointer a, gconstpointer b)
{
    return strcmp (((const Subject *) a)->machine, ((const Subject *) b)->machine);
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
    g_array_sort (subjects, compare_machines);
    return subjects;
}

static void
add_mishaps (const Subject *subject)
{
    add ("lend-undone", subject, test_lend_undone);
    add ("lend-repeated", subject, test_lend_repeated);
    add ("return-repeated", subject, test_return_repeated);
    add ("return-reversed", subject, test_return_reversed);
}

/* @ways: those that were tried, a set. */
static void
add_all (const Subject *subject, GHashTable *ways)
{
    add ("requests", subject, test_requests);
    if (expected_refusal (subject) != NULL)
        return;
    if (g_hash_table_add (ways, find_way (subject)))
        add_mishaps (subject);
    add ("late-failure", subject, test_late_failure);
    add ("cancelled", subject, test_cancelled);
    if (is_tried_more (subject)) {
        add ("cancelled-when-lent", subject, test_cancelled_when_lent);
        add ("not-cancellable", subject, test_not_cancellable);
        add ("undo-interrupted", subject, test_undo_interrupted);
    }
    /* One machine will do: each place costs its deadline. */
    if (g_str_equal (subject->machine, "lab"))
        add ("hang", subject, test_hang);
}

int
main (int argc, char **argv)
{
    g_autoptr (GArray) subjects = find_subjects ();
    g_autoptr (GHashTable) ways = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < subjects->len; i++)
        add_all (&g_array_index (subjects, Subject, i), ways);
    return g_test_run ();
}
