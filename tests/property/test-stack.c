/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What NVIDIA's driver brings with it: modules that all its cards share, services that keep them
 * open, and openers who come late. The failures at each step are those of test-switch. */
#include "fake-proc.h"
#include "fake-tree.h"
#include "switch-stage.h"
#include "vf-driver.h"
#include "vf-error.h"

#include <string.h>

static void
assert_on_vfio (const FakeHost *host, const char *address)
{
    g_assert_true (vf_driver_has (host->root, "vfio-pci", fake_host_address (address)));
}

/* Two cards of one driver, lent and returned in each order: the driver stays as long as one of them
 * is with the host, and whichever comes home first finds it again. */
static void
test_two_cards (gconstpointer first_home)
{
    static const char *const addresses[2] = { "0000:01:00.0", "0000:02:00.0" };
    static const char driver[] = "sys/bus/pci/drivers/nvidia";
    g_autoptr (FakeHost) host = fake_host_new ("nvidia-two");
    g_autofree char *program = g_build_filename (host->folder, "proc/1500", NULL);
    g_autofree char *before = NULL;
    int first = GPOINTER_TO_INT (first_home);
    SwitchStage *stages[2];

    fake_tree_remove (program);
    before = fake_host_fingerprint (host);
    for (int i = 0; i < 2; i++) {
        stages[i] = switch_stage_new (host, fake_host_address (addresses[i]));
        g_assert_cmpint (switch_stage_run (stages[i], VF_TARGET_VFIO), ==, SWITCH_DONE);
        assert_on_vfio (host, addresses[i]);
        g_assert_cmpint (vf_sysfs_exists (host->root, driver), ==, i == 0);
    }
    g_assert_cmpint (switch_stage_run (stages[first], VF_TARGET_HOST), ==, SWITCH_DONE);
    g_assert_true (vf_sysfs_exists (host->root, driver));
    assert_on_vfio (host, addresses[1 - first]);
    g_assert_cmpint (switch_stage_run (stages[1 - first], VF_TARGET_HOST), ==, SWITCH_DONE);
    fake_host_assert_same (host, before, "both are home");
    for (int i = 0; i < 2; i++)
        switch_stage_free (stages[i]);
}

/* Who opens the card between the last look and the unload keeps it with the host, and is named. */
static void
test_late_opener (void)
{
    g_autoptr (FakeHost) host = fake_host_new ("nvidia-alone");
    g_autofree char *before = fake_host_fingerprint (host);
    SwitchStage *stage = switch_stage_new (host, fake_host_address ("0000:01:00.0"));
    static char *const open[] = { (char *) "nvidia-uvm", NULL };
    FakeProcess opener = { .pid = 4711, .command = (char *) "late", .open = (char **) open };

    switch_stage_add_process (stage, "unload-modules", &opener);
    g_assert_cmpint (switch_stage_run (stage, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_true (vf_error_is (switch_stage_error (stage), VF_REASON_HELD_BY_PROCESS));
    g_assert_nonnull (strstr (switch_stage_error (stage)->message, "late (pid 4711, user root"));
    g_assert_nonnull (strstr (switch_stage_error (stage)->message, "/dev/nvidia-uvm"));
    fake_host_assert_same (host, before, "undone");
    g_assert_true (vfd_lease_is_empty (switch_stage_lease (stage)));
    switch_stage_free (stage);
}

/* The same between the first look and the last one, and with a card that shares its driver. */
static void
test_opener_between_looks (void)
{
    g_autoptr (FakeHost) host = fake_host_new ("nvidia-two");
    g_autofree char *before = fake_host_fingerprint (host);
    SwitchStage *stage = switch_stage_new (host, fake_host_address ("0000:01:00.0"));
    static char *const open[] = { (char *) "nvidia0", NULL };
    FakeProcess opener = { .pid = 4711, .command = (char *) "late", .open = (char **) open };

    switch_stage_add_process (stage, "note-modules", &opener);
    g_assert_cmpint (switch_stage_run (stage, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_true (vf_error_is (switch_stage_error (stage), VF_REASON_HELD_BY_PROCESS));
    g_assert_nonnull (strstr (switch_stage_error (stage)->message, "late (pid 4711"));
    fake_host_assert_same (host, before, "undone");
    switch_stage_free (stage);
}

/* What ran goes on running when it is home again, and what did not run does not. */
static void
test_services (void)
{
    static const char persistenced[] = "nvidia-persistenced.service";
    g_autoptr (FakeHost) host = fake_host_new ("nvidia-alone");
    SwitchStage *stage = switch_stage_new (host, fake_host_address ("0000:01:00.0"));
    g_autofree char *process = g_build_filename (host->folder, "proc/701", NULL);
    g_autofree char *before = NULL;

    fake_tree_write (host->folder, "run/services/nvidia-powerd.service", "inactive");
    fake_tree_remove (process);
    before = fake_host_fingerprint (host);
    g_assert_cmpint (switch_stage_run (stage, VF_TARGET_VFIO), ==, SWITCH_DONE);
    g_assert_cmpstr (switch_stage_lease (stage)->record->services, ==, persistenced);
    g_assert_cmpstr (switch_stage_lease (stage)->record->modules, ==,
                     "nvidia_uvm nvidia_drm nvidia_modeset nvidia");
    g_assert_cmpint (switch_stage_run (stage, VF_TARGET_HOST), ==, SWITCH_DONE);
    fake_host_assert_same (host, before, "home");
    switch_stage_free (stage);
}

/* A lend that somebody stands against stops no service. */
static void
test_refused_before_services (void)
{
    g_autoptr (FakeHost) host = fake_host_new ("nvidia-alone");
    SwitchStage *stage = switch_stage_new (host, fake_host_address ("0000:01:00.0"));
    static char *const open[] = { (char *) "nvidiactl", NULL };
    FakeProcess user = { .pid = 4711, .command = (char *) "smi", .open = (char **) open };

    fake_proc_add (&user, host->folder);
    g_assert_cmpint (switch_stage_run (stage, VF_TARGET_VFIO), ==, SWITCH_FAILED);
    g_assert_true (vf_error_is (switch_stage_error (stage), VF_REASON_HELD_BY_PROCESS));
    g_assert_null (strstr (switch_stage_error (stage)->message, "persistenced"));
    /* Two reservations and the fence, there and back: no unit was stopped or started. */
    g_assert_false (switch_stage_has_asked (stage, "services"));
    switch_stage_free (stage);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/stack/two-cards/first", GINT_TO_POINTER (0), test_two_cards);
    g_test_add_data_func ("/stack/two-cards/second", GINT_TO_POINTER (1), test_two_cards);
    g_test_add_func ("/stack/late-opener", test_late_opener);
    g_test_add_func ("/stack/opener-between-looks", test_opener_between_looks);
    g_test_add_func ("/stack/services", test_services);
    g_test_add_func ("/stack/refused-before-services", test_refused_before_services);
    return g_test_run ();
}
