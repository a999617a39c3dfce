/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activation: the order of what is done, and that a failure at any step leaves the VM, the pairing
 * and the GPU as they were. */
#include "vm-stage.h"

#include <string.h>

static void
test_there_and_back (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");
    between = vm_stage_text (stage);
    g_assert_cmpstr (stage->before, ==, before);
    g_assert_cmpstr (stage->after, ==, between);
    g_assert_nonnull (strstr (stage->before, "passwd='secret'"));
    g_assert_nonnull (strstr (between, "<hostdev"));
    g_assert_null (strstr (between, "<graphics"));
    g_assert_null (strstr (between, "secret"));

    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_ALREADY_ACTIVATED));
    g_clear_error (&error);

    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm open drop ");
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, before);
}

/* The VM was put back as it was, and nobody told the daemon. */
static void
test_left_over_pairing (VmStage *stage, gconstpointer mishap)
{
    GError *error = NULL;

    vm_stage_activate (stage, &error);
    g_assert_no_error (error);
    vm_stage_replace (stage, "<metadata>.*</metadata>|<hostdev .*</hostdev>", "");
    vm_stage_activate (stage, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm pair drop pair confirm ");
    g_assert_true (stage->lent);
    g_assert_null (strstr (stage->before, "<hostdev"));
}

/* libvirt checks the text against its schema. Whatever was kept of it, and whatever the owner
 * changed, deactivation takes them back. */
static void
test_inputs (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
    g_autofree char *before = vm_stage_text (stage);
    GError *error = NULL;

    g_ptr_array_add (inputs, vf_input_new_evdev ("/dev/input/by-id/a-event-kbd", NULL));
    g_ptr_array_add (inputs, vf_input_new_evdev ("/dev/input/by-id/a-event-mouse", NULL));
    g_ptr_array_add (inputs, vf_input_new_usb ("1a2b:3c4d", NULL));
    stage->inputs = inputs;
    for (guint round = 0; round < 3; round++) {
        g_autofree char *between = NULL;
        g_autofree char *after = NULL;

        vm_stage_activate (stage, &error);
        g_assert_no_error (error);
        between = vm_stage_text (stage);
        g_assert_nonnull (strstr (between, "<source dev='/dev/input/by-id/a-event-kbd' grab='all' "
                                           "grabToggle='ctrl-ctrl' repeat='on'/>"));
        g_assert_nonnull (strstr (between, "<source dev='/dev/input/by-id/a-event-mouse'/>"));
        g_assert_nonnull (strstr (between, "<product id='0x3c4d'/>"));
        if (round == 1)
            g_clear_pointer (&stage->after, g_free);
        if (round == 2)
            vm_stage_replace (stage, "<on_crash>destroy", "<on_crash>restart");
        vm_stage_deactivate (stage, &error);
        g_assert_no_error (error);
        after = vm_stage_text (stage);
        if (round == 2)
            g_assert_null (strstr (after, "/dev/input/by-id"));
        else
            g_assert_cmpstr (after, ==, before);
    }
}

static void
assert_fails (VmStage *stage, VfReason reason, const char *words)
{
    g_autoptr (GError) error = NULL;

    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
    if (strstr (error->message, words) == NULL)
        g_error ("not '%s': %s", words, error->message);
}

static const struct {
    const char *name;
    Mishap mishap;
    guint refused_definition;
    VfReason reason;
    const char *calls;
    const char *kept; /* what the text still says */
} failures[] = {
    { "refused-pair", REFUSE_PAIR, 0, VF_REASON_SWITCH_RUNNING, "pair ", "65536" },
    { "changed-domain", CHANGE_DOMAIN, 0, VF_REASON_DOMAIN_CHANGED, "pair drop ", "131072" },
    { "refused-definition", REFUSE_DEFINITION, 2, VF_REASON_LIBVIRT_FAILED, "pair drop ", "65536" },
    { "refused-confirm", REFUSE_CONFIRM, 0, VF_REASON_SWITCH_RUNNING, "pair confirm drop ",
      "65536" },
};

static void
test_failure (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *text = NULL;
    gsize i = 0;

    while (failures[i].mishap != stage->mishap)
        i++;
    stage->refused_definition = failures[i].refused_definition;
    assert_fails (stage, failures[i].reason, "");
    g_assert_cmpstr (stage->calls->str, ==, failures[i].calls);
    text = vm_stage_text (stage);
    g_assert_nonnull (strstr (text, failures[i].kept));
    g_assert_nonnull (strstr (text, "passwd='secret'"));
    g_assert_null (strstr (text, "<hostdev"));
    g_assert_null (strstr (text, "<metadata"));
    g_assert_false (stage->lent);
}

/* The way back fails as well: the person is told of both, and the pairing is still there for the
 * next try. */
static void
test_undo_fails (VmStage *stage, gconstpointer mishap)
{
    stage->refused_definition = 3;
    assert_fails (stage, VF_REASON_UNDO_FAILED, "virtflow deactivate guest");
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");
    g_assert_nonnull (stage->before);
}

static void
test_drop_fails (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *text = NULL;

    stage->refused_definition = 2;
    assert_fails (stage, VF_REASON_UNDO_FAILED, "0000:01:00.0 is still reserved for it");
    g_assert_cmpstr (stage->calls->str, ==, "pair drop ");
    text = vm_stage_text (stage);
    g_assert_null (strstr (text, "<hostdev"));
}

static void
test_stops_the_vm (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *text = NULL;
    GError *error = NULL;

    stage->may_stop = TRUE;
    vm_stage_start (stage);
    vm_stage_activate (stage, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair-running confirm ");
    g_assert_false (vm_stage_is_running (stage));
    g_assert_true (stage->lent);
    text = vm_stage_text (stage);
    g_assert_nonnull (strstr (text, "<hostdev"));
}

/* The VM runs on, defined as it was; the GPU is on the host; nothing is paired. */
static void
assert_untouched (VmStage *stage, const char *before)
{
    g_autofree char *text = vm_stage_text (stage);

    g_assert_true (vm_stage_is_running (stage));
    g_assert_cmpstr (text, ==, before);
    g_assert_false (stage->lent);
    g_assert_null (stage->before);
}

static void
test_guest_does_not_stop (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->may_stop = TRUE;
    stage->guest = GUEST_IGNORES;
    vm_stage_start (stage);
    assert_fails (stage, VF_REASON_GUEST_DID_NOT_STOP, "0000:01:00.0 was returned to the host.");
    g_assert_cmpstr (stage->calls->str, ==, "pair-running drop ");
    assert_untouched (stage, before);
}

static void
test_cancelled_before (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->may_stop = TRUE;
    vm_stage_start (stage);
    g_cancellable_cancel (stage->cancellable);
    assert_fails (stage, VF_REASON_CANCELLED, "before the VM was changed");
    g_assert_cmpstr (stage->calls->str, ==, "");
    assert_untouched (stage, before);
}

/* The daemon is asked to end it, and says what became of the GPU. */
static void
test_cancelled_lend (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->may_stop = TRUE;
    vm_stage_start (stage);
    assert_fails (stage, VF_REASON_CANCELLED, "The host has it.");
    g_assert_cmpstr (stage->calls->str, ==, "pair-running cancel ");
    assert_untouched (stage, before);
}

/* The VM is off, so that the next thing would be to define it. */
static void
test_cancelled_behind_lend (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);
    g_autofree char *after = NULL;

    assert_fails (stage, VF_REASON_CANCELLED, "0000:01:00.0 was returned to the host.");
    g_assert_cmpstr (stage->calls->str, ==, "pair drop ");
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, before);
    g_assert_false (stage->lent);
}

static void
test_cancelled_shutdown (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->may_stop = TRUE;
    stage->guest = GUEST_IS_LEFT;
    vm_stage_start (stage);
    assert_fails (stage, VF_REASON_CANCELLED, "0000:01:00.0 was returned to the host.");
    g_assert_cmpstr (stage->calls->str, ==, "pair-running drop ");
    assert_untouched (stage, before);
}

/* Whatever the daemon refuses it refuses while the guest runs. */
static void
test_refused_while_running (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->may_stop = TRUE;
    vm_stage_start (stage);
    assert_fails (stage, VF_REASON_SWITCH_RUNNING, "Not now.");
    assert_untouched (stage, before);
    stage->on_start = TRUE;
    stage->blocker = "host-display";
    assert_fails (stage, VF_REASON_HOST_DISPLAY, "It cannot go.");
    assert_untouched (stage, before);
    g_assert_cmpstr (stage->calls->str, ==, "pair-running ");
}

static void
test_on_start (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *text = NULL;
    GError *error = NULL;

    /* Who has it open now may let go of it before the VM starts. */
    stage->blocker = "held-by-process";
    assert_fails (stage, VF_REASON_HELD_BY_PROCESS, "It cannot go.");
    stage->on_start = TRUE;
    vm_stage_activate (stage, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");
    g_assert_false (stage->lent);
    text = vm_stage_text (stage);
    g_assert_nonnull (strstr (text, "<hostdev"));
}

/* Nothing was lent, so nothing is said of a return. */
static void
test_on_start_undone (VmStage *stage, gconstpointer mishap)
{
    stage->on_start = TRUE;
    assert_fails (stage, VF_REASON_SWITCH_RUNNING, "Not now. The VM is defined as it was.");
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm drop ");
}

static void
test_running (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    GError *error = NULL;

    g_assert_cmpint (virDomainCreate (machine->domain), ==, 0);
    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_VM_RUNNING));
    g_clear_error (&error);
    g_assert_cmpint (virDomainManagedSave (machine->domain, 0), ==, 0);
    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_MANAGED_SAVE));
    g_clear_error (&error);
    g_assert_cmpstr (stage->calls->str, ==, "");
}

static void
test_names (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) by_uuid = vf_machine_find (stage->libvirt, VM_STAGE_UUID, NULL);
    GError *error = NULL;

    g_assert_nonnull (by_uuid);
    g_assert_cmpstr (by_uuid->name, ==, "guest");
    g_assert_null (vf_machine_find (stage->libvirt, "guets1", &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_VM));
    g_assert_nonnull (strstr (error->message, "Did you mean guest"));
    g_clear_error (&error);
}

static void
test_foreign_libvirt (void)
{
    GError *error = NULL;

    g_assert_null (vf_libvirt_open ("qemu+ssh://elsewhere/system", &error));
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_LIBVIRT));
    g_clear_error (&error);
}

static void
add (const char *name, Mishap mishap, void (*test) (VmStage *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/activation/", name, NULL);

    g_test_add (path, VmStage, GINT_TO_POINTER (mishap), vm_stage_set_up, test, vm_stage_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/activation/foreign-libvirt", test_foreign_libvirt);
    add ("names", NOTHING, test_names);
    add ("inputs", NOTHING, test_inputs);
    add ("there-and-back", NOTHING, test_there_and_back);
    add ("left-over-pairing", NOTHING, test_left_over_pairing);
    for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
        add (failures[i].name, failures[i].mishap, test_failure);
    add ("undo-fails", REFUSE_CONFIRM, test_undo_fails);
    add ("drop-fails", REFUSE_DROP, test_drop_fails);
    add ("running", NOTHING, test_running);
    add ("stops-the-vm", NOTHING, test_stops_the_vm);
    add ("guest-does-not-stop", NOTHING, test_guest_does_not_stop);
    add ("refused-while-running", REFUSE_PAIR, test_refused_while_running);
    add ("cancelled-before", NOTHING, test_cancelled_before);
    add ("cancelled-lend", CANCEL_PAIR, test_cancelled_lend);
    add ("cancelled-behind-lend", CANCEL_PAIR_TOO_LATE, test_cancelled_behind_lend);
    add ("cancelled-shutdown", NOTHING, test_cancelled_shutdown);
    add ("on-start", NOTHING, test_on_start);
    add ("on-start-undone", REFUSE_CONFIRM, test_on_start_undone);
    return g_test_run ();
}
