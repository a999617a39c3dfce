/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a VM, and what is not one. */
#include "vm-stage.h"

#include <string.h>

static void
test_stops (VmStage *stage, gconstpointer mishap)
{
    GError *error = NULL;

    vm_stage_shut_down (stage, &error);
    g_assert_no_error (error);
    vm_stage_start (stage);
    vm_stage_shut_down (stage, &error);
    g_assert_no_error (error);
    g_assert_false (vm_stage_is_running (stage));
}

static const struct {
    const char *name;
    Guest guest;
    VfReason reason;
} cases[] = {
    { "ignores", GUEST_IGNORES, VF_REASON_GUEST_DID_NOT_STOP },
    { "crashes", GUEST_CRASHES, VF_REASON_GUEST_DID_NOT_STOP },
    { "without-libvirt", GUEST_OF_DEAD_LIBVIRT, VF_REASON_NO_LIBVIRT },
    { "libvirt-ends", GUEST_OF_DYING_LIBVIRT, VF_REASON_NO_LIBVIRT },
};

static void
test_does_not_stop (VmStage *stage, gconstpointer mishap)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        g_test_message ("%s", cases[i].name);
        stage->guest = cases[i].guest;
        if (i == 0)
            vm_stage_start (stage);
        g_assert_false (vm_stage_shut_down (stage, &error));
        g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==,
                         vf_reason_id (cases[i].reason));
        g_assert_true (vm_stage_is_running (stage));
    }
}

static void
assert_cancelled (VmStage *stage, const char *words)
{
    g_autoptr (GError) error = NULL;

    g_assert_false (vm_stage_shut_down (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_CANCELLED));
    g_assert_nonnull (strstr (error->message, words));
    g_assert_true (vm_stage_is_running (stage));
}

static void
test_cancelled (VmStage *stage, gconstpointer mishap)
{
    gint64 start = g_get_monotonic_time ();

    vm_stage_start (stage);
    stage->guest = GUEST_IS_LEFT;
    assert_cancelled (stage, "was asked to shut down and may do so yet");
    /* At once, not when the guest would be asked again. */
    g_assert_cmpint (g_get_monotonic_time () - start, <, 8 * G_TIME_SPAN_SECOND);
    stage->guest = GUEST_STOPS;
    assert_cancelled (stage, "was not asked to shut down");
}

static void
test_paused (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    g_autoptr (GError) error = NULL;

    vm_stage_start (stage);
    g_assert_cmpint (virDomainSuspend (machine->domain), ==, 0);
    g_assert_false (vm_stage_shut_down (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_GUEST_DID_NOT_STOP));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/shutdown/stops", VmStage, NULL, vm_stage_set_up, test_stops, vm_stage_tear_down);
    g_test_add ("/shutdown/does-not-stop", VmStage, NULL, vm_stage_set_up, test_does_not_stop,
                vm_stage_tear_down);
    g_test_add ("/shutdown/cancelled", VmStage, NULL, vm_stage_set_up, test_cancelled,
                vm_stage_tear_down);
    g_test_add ("/shutdown/paused", VmStage, NULL, vm_stage_set_up, test_paused,
                vm_stage_tear_down);
    return g_test_run ();
}
