/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every machine whose GPU can be lent, and the ways in which its return meets resistance: a driver
 * that refuses a while or for ever, one that was unloaded, and a record that is lost. */
#include "fake-tree.h"
#include "switch-stage.h"
#include "vf-error.h"
#include "vf-snapshot-reader.h"

#include <string.h>

/* So often a driver is asked: at first, and once for each wait. */
#define ATTEMPTS 4

typedef struct {
    const char *machine;
    VfPciAddress gpu;
} Subject;

typedef struct {
    FakeHost *host;
    SwitchStage *stage;
    VfSnapshot *snapshot; /* before anything was done */
    VfGpu gpu;
    char *before;
} Scene;

static Scene
scene_begin (const Subject *subject)
{
    Scene scene = { .host = fake_host_new (subject->machine) };

    scene.before = fake_host_fingerprint (scene.host);
    scene.snapshot = vf_snapshot_reader_read (scene.host->root, NULL);
    g_assert_true (vf_gpu_find (scene.snapshot, subject->gpu, &scene.gpu));
    scene.stage = switch_stage_new (scene.host, subject->gpu);
    return scene;
}

static void
scene_end (Scene *scene)
{
    switch_stage_free (scene->stage);
    vf_snapshot_unref (scene->snapshot);
    fake_host_free (scene->host);
    g_free (scene->before);
}

static void
lend (Scene *scene)
{
    g_assert_cmpint (switch_stage_run (scene->stage, VF_TARGET_VFIO), ==, SWITCH_DONE);
}

static void
assert_home (Scene *scene, const char *when)
{
    fake_host_assert_same (scene->host, scene->before, when);
    g_assert_true (vfd_lease_is_empty (switch_stage_lease (scene->stage)));
}

static char *
override_of (const Scene *scene, const VfPciFunction *function)
{
    g_autofree char *path = g_strdup_printf ("sys/bus/pci/devices/%s/driver_override",
                                             vf_pci_address_format (function->address).text);
    char text[64];

    g_assert_cmpint (vf_sysfs_read (scene->host->root, path, text, sizeof text), ==, 0);
    return g_strdup (text);
}

static guint
count_resets (const Scene *scene, const VfPciFunction *function)
{
    g_autofree char *path = g_build_filename (scene->host->folder, "resets",
                                              vf_pci_address_format (function->address).text, NULL);
    g_autofree char *text = NULL;

    return g_file_get_contents (path, &text, NULL, NULL) ? (guint) strlen (text) : 0;
}

/* How often a driver refuses the functions of the card that are its. */
static guint
count_own (const Scene *scene, const char *driver)
{
    guint n = 0;

    for (guint i = 0; i < scene->gpu.n_functions; i++)
        n += g_strcmp0 (scene->gpu.functions[i]->driver, driver) == 0;
    return n;
}

/* Without the others: see pci_parent_bus_reset(). */
static gboolean
can_be_reset (const Scene *scene, const VfPciFunction *function)
{
    return function->reset_methods != NULL
           && (scene->gpu.n_functions == 1 || strcmp (function->reset_methods, "bus") != 0);
}

static gboolean
is_unloaded (const Scene *scene, const char *driver)
{
    g_autofree char *path = g_build_filename ("sys/bus/pci/drivers", driver, NULL);

    return !vf_sysfs_exists (scene->host->root, path);
}

/* Refused at first, a function is given to its driver until that accepts it, the third time after
 * one reset if it can be reset. */
static void
refuse_then_accept (const Subject *subject, guint function, guint times)
{
    Scene scene = scene_begin (subject);
    const VfPciFunction *subjected = scene.gpu.functions[function];

    if (subjected->driver != NULL && count_own (&scene, subjected->driver) == 1) {
        lend (&scene);
        fake_kernel_refuse (scene.host->kernel, subjected->driver, times);
        g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
        assert_home (&scene, "refused, then accepted");
        g_assert_cmpuint (count_resets (&scene, subjected), ==,
                          times >= 2 && can_be_reset (&scene, subjected) ? 1 : 0);
    }
    scene_end (&scene);
}

static void
test_refused_a_while (gconstpointer data)
{
    const Subject *subject = data;
    Scene scene = scene_begin (subject);
    guint n_functions = scene.gpu.n_functions;

    scene_end (&scene);
    for (guint function = 0; function < n_functions; function++) {
        for (guint times = 1; times < ATTEMPTS; times++)
            refuse_then_accept (subject, function, times);
    }
}

/* A reset that fails costs no attempt, and is not tried again. */
static void
test_reset_fails (gconstpointer data)
{
    Scene scene = scene_begin (data);

    g_assert_true (can_be_reset (&scene, vf_gpu_display (&scene.gpu)));
    lend (&scene);
    fake_kernel_fail_resets (scene.host->kernel);
    fake_kernel_refuse (scene.host->kernel, vf_gpu_display (&scene.gpu)->driver, ATTEMPTS - 1);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
    assert_home (&scene, "without a reset");
    scene_end (&scene);
}

/* What its driver does not take stays without one and without an override; the rest of the card is
 * home, and the next return finishes it. */
static void
assert_rest_is_home (Scene *scene, const char *refusing)
{
    g_autoptr (VfSnapshot) now = vf_snapshot_reader_read (scene->host->root, NULL);
    VfGpu gpu;

    g_assert_true (vf_gpu_find (now, scene->gpu.address, &gpu));
    for (guint i = 0; i < gpu.n_functions; i++) {
        const char *driver = scene->gpu.functions[i]->driver;
        g_autofree char *override = override_of (scene, gpu.functions[i]);

        g_assert_cmpstr (gpu.functions[i]->driver, ==,
                         g_strcmp0 (driver, refusing) == 0 ? NULL : driver);
        g_assert_cmpstr (override, ==, "(null)");
    }
    g_assert_cmpint (vf_planner_stand (&gpu, switch_stage_lease (scene->stage)->record), ==,
                     VF_STAND_MIXED);
}

static void
test_refused_for_good (gconstpointer data)
{
    Scene scene = scene_begin (data);

    for (guint i = 0; i < scene.gpu.n_functions; i++) {
        const char *driver = scene.gpu.functions[i]->driver;

        if (driver == NULL)
            continue;
        lend (&scene);
        fake_kernel_refuse (scene.host->kernel, driver, G_MAXUINT);
        g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_FAILED);
        g_assert_cmpstr (vf_reason_id (vf_error_reason (switch_stage_error (scene.stage))), ==,
                         "driver-refused");
        assert_rest_is_home (&scene, driver);
        fake_kernel_refuse (scene.host->kernel, driver, 0);
        g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
        assert_home (&scene, "refused, and taken later");
    }
    scene_end (&scene);
}

/* The way back of a lend that failed is no other: it meets the same patience. */
static void
test_undo_refused (gconstpointer data)
{
    Scene scene = scene_begin (data);
    const char *driver = vf_gpu_display (&scene.gpu)->driver;
    guint places;

    lend (&scene);
    places = switch_stage_n_requests (scene.stage);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);

    fake_kernel_refuse (scene.host->kernel, driver, ATTEMPTS - 1);
    switch_stage_refuse (scene.stage, places - 1);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_cmpint (vf_error_code (switch_stage_error (scene.stage)), ==, VF_ERROR_KERNEL);
    assert_home (&scene, "undone in the end");

    fake_kernel_refuse (scene.host->kernel, driver, G_MAXUINT);
    switch_stage_refuse (scene.stage, places - 1);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_cmpint (vf_error_code (switch_stage_error (scene.stage)), ==, VF_ERROR_INCOMPLETE);
    assert_rest_is_home (&scene, driver);
    fake_kernel_refuse (scene.host->kernel, driver, 0);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
    assert_home (&scene, "brought home later");
    scene_end (&scene);
}

/* The kernel's own line about the refusal is part of the answer, and only the newest of the gravest
 * that are about this card. */
static void
test_kernel_line (gconstpointer data)
{
    Scene scene = scene_begin (data);
    g_autofree char *log = NULL;
    gint64 now = g_get_monotonic_time ();

    lend (&scene);
    log =
        g_strdup_printf ("3,1,5,-;bochs-drm 0000:01:00.0: an old story\n"
                         "4,2,%" G_GINT64_FORMAT ",-;bochs-drm 0000:01:00.0: a warning\n"
                         "3,3,%" G_GINT64_FORMAT ",-;[drm:bochs_load [bochs]] *ERROR* ID mismatch\n"
                         " DEVICE=+pci:0000:01:00.0\n"
                         "3,4,%" G_GINT64_FORMAT ",-;e1000 0000:00:04.0: another card\n"
                         "6,5,%" G_GINT64_FORMAT ",-;bochs-drm 0000:01:00.0: a remark\n",
                         now, now, now, now);
    fake_tree_write (scene.host->folder, "dev/kmsg", log);
    fake_kernel_refuse (scene.host->kernel, "bochs-drm", G_MAXUINT);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_FAILED);
    g_assert_nonnull (strstr (switch_stage_error (scene.stage)->message,
                              "The kernel says: [drm:bochs_load [bochs]] *ERROR* ID mismatch\n"));
    scene_end (&scene);
}

/* Loaded again only what the card needs; what VirtFlow does not know stays the person's to load. */
static void
test_unloaded (gconstpointer data)
{
    Scene scene = scene_begin (data);
    const char *driver = vf_gpu_display (&scene.gpu)->driver;

    lend (&scene);
    if (!is_unloaded (&scene, driver))
        fake_kernel_unload_driver (scene.host->kernel, driver);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
    assert_home (&scene, "with a driver that had to be loaded");
    scene_end (&scene);
}

static void
test_unknown_driver (gconstpointer data)
{
    Scene scene = scene_begin (data);
    VfGpu gpu;

    lend (&scene);
    fake_tree_detach (
        scene.host->folder,
        fake_machine_function (scene.host->machine, fake_host_address ("0000:00:01.0")));
    fake_kernel_unload_driver (scene.host->kernel, "bochs-drm");
    g_free (fake_machine_driver (scene.host->machine, "bochs-drm")->module);
    fake_machine_driver (scene.host->machine, "bochs-drm")->module = g_strdup ("dccp");
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_FAILED);
    g_assert_nonnull (strstr (switch_stage_error (scene.stage)->message, "modprobe bochs-drm"));
    g_clear_pointer (&scene.snapshot, vf_snapshot_unref);
    scene.snapshot = vf_snapshot_reader_read (scene.host->root, NULL);
    g_assert_true (vf_gpu_find (scene.snapshot, scene.gpu.address, &gpu));
    g_assert_cmpint (vf_planner_stand (&gpu, switch_stage_lease (scene.stage)->record), ==,
                     VF_STAND_LENT);
    scene_end (&scene);
}

/* The journal is gone at any moment of a lend. Nobody but a person may say that the card is to come
 * home; then it does, by its alias, whatever was left on it. */
static void
test_lost_record (gconstpointer data)
{
    guint places;
    Scene scene = scene_begin (data);

    lend (&scene);
    places = switch_stage_n_requests (scene.stage);
    scene_end (&scene);
    for (guint k = 0; k <= places; k++) {
        g_autofree char *when = g_strdup_printf ("forgotten at %u", k);

        g_test_message ("%s", when);
        scene = scene_begin (data);
        if (k < places)
            switch_stage_kill_daemon (scene.stage, k);
        switch_stage_run (scene.stage, VF_TARGET_VFIO);
        switch_stage_forget (scene.stage);
        if (k == places)
            g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_REFUSED);
        switch_stage_name (scene.stage);
        g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
        assert_home (&scene, when);
        scene_end (&scene);
    }
}

/* And dies on that way, or is refused there: the next attempt needs no name any more. */
static void
test_lost_record_interrupted (gconstpointer data)
{
    gboolean reached = TRUE;

    for (guint k = 0; reached; k++) {
        Scene scene = scene_begin (data);
        SwitchEnd end;

        lend (&scene);
        switch_stage_forget (scene.stage);
        switch_stage_name (scene.stage);
        switch_stage_kill_daemon (scene.stage, k);
        end = switch_stage_run (scene.stage, VF_TARGET_HOST);
        reached = end == SWITCH_DIED;
        if (reached)
            g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
        else
            g_assert_cmpint (end, ==, SWITCH_DONE);
        assert_home (&scene, "named, and interrupted");
        scene_end (&scene);
    }
}

static void
test_lost_record_refused (gconstpointer data)
{
    Scene scene = scene_begin (data);
    const char *driver = vf_gpu_display (&scene.gpu)->driver;

    lend (&scene);
    switch_stage_forget (scene.stage);
    switch_stage_name (scene.stage);
    fake_kernel_refuse (scene.host->kernel, driver, G_MAXUINT);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_FAILED);
    g_assert_cmpint (vf_error_code (switch_stage_error (scene.stage)), ==, VF_ERROR_INCOMPLETE);
    fake_kernel_refuse (scene.host->kernel, driver, 2);
    g_assert_cmpint (switch_stage_run (scene.stage, VF_TARGET_HOST), ==, SWITCH_DONE);
    assert_home (&scene, "named, refused, and taken later");
    scene_end (&scene);
}

static void
add (const char *name, const Subject *subject, GTestDataFunc test)
{
    g_autofree char *path = g_strdup_printf ("/return/%s/%s/%s", name, subject->machine,
                                             vf_pci_address_format (subject->gpu).text);

    g_test_add_data_func (path, subject, test);
}

int
main (int argc, char **argv)
{
    /* Without a record the power attributes are what the kernel begins with; a driver that is built
     * in, or drives another card as well, is not unloaded. */
    static const struct {
        const char *machine, *gpu;
        gboolean is_as_at_start, unloads;
    } cards[] = {
        { "lab", "0000:01:00.0", TRUE, FALSE },
        { "igpu-nvidia", "0000:01:00.0", FALSE, TRUE },
        { "igpu-amd", "0000:03:00.0", FALSE, FALSE },
        { "companions-driverless", "0000:01:00.0", TRUE, TRUE },
        { "many-bridges", "0000:24:00.0", FALSE, TRUE },
        { "laptop-3d-controller", "0000:01:00.0", FALSE, TRUE },
        { "vfio-builtin", "0000:01:00.0", TRUE, FALSE },
    };
    static Subject subjects[G_N_ELEMENTS (cards)];

    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cards); i++) {
        subjects[i] = (Subject){ cards[i].machine, fake_host_address (cards[i].gpu) };
        add ("refused-a-while", &subjects[i], test_refused_a_while);
        add ("refused-for-good", &subjects[i], test_refused_for_good);
        add ("undo-refused", &subjects[i], test_undo_refused);
        if (g_str_equal (cards[i].machine, "laptop-3d-controller"))
            add ("reset-fails", &subjects[i], test_reset_fails);
        if (cards[i].unloads)
            add ("unloaded", &subjects[i], test_unloaded);
        if (!cards[i].is_as_at_start)
            continue;
        add ("lost-record", &subjects[i], test_lost_record);
        add ("lost-record-interrupted", &subjects[i], test_lost_record_interrupted);
        add ("lost-record-refused", &subjects[i], test_lost_record_refused);
    }
    add ("kernel-line", &subjects[0], test_kernel_line);
    add ("unknown-driver", &subjects[0], test_unknown_driver);
    return g_test_run ();
}
