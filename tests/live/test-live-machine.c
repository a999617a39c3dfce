/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VM in words, for each state of its GPU; and when a GPU tells that a switch has ended. */
#include "vfl-machine.h"
#include "vfl-power.h"

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"

static VfMachine *
value (const char *name, VfMachineState state)
{
    VfMachine *machine = g_new0 (VfMachine, 1);

    machine->name = g_strdup (name);
    g_strlcpy (machine->uuid, UUID, sizeof machine->uuid);
    machine->state = state;
    machine->persistent = TRUE;
    return machine;
}

/* What the daemon shows, without a daemon. */
static VfClientGpu *
shown_gpu (const char *state, const char *kind, const char *id, const char *label)
{
    VfDbusGpu *shown = vf_dbus_gpu_skeleton_new ();

    vf_dbus_gpu_set_address (shown, "0000:01:00.0");
    vf_dbus_gpu_set_name (shown, "a card");
    vf_dbus_gpu_set_state (shown, state);
    vf_dbus_gpu_set_claimant (shown, g_variant_new ("(sss)", kind, id, label));
    return shown;
}

static void
assert_words (VflMachine *machine, const char *expected)
{
    g_autofree char *words = NULL;

    g_object_get (machine, "words", &words, NULL);
    g_assert_cmpstr (words, ==, expected);
}

static void
test_words (void)
{
    static const struct {
        const char *state, *kind, *id, *label, *words;
    } rows[] = {
        { "host", "none", "", "", "its GPU is on the host" },
        { "foreign", "none", "", "", "its GPU is not managed by VirtFlow" },
        { "lending", "vm", UUID, "guest", "taking its GPU" },
        { "lent", "vm", UUID, "guest", "its GPU is reserved" },
        { "in-use", "vm", UUID, "guest", "has its GPU" },
        { "returning", "vm", UUID, "guest", "giving its GPU back" },
        { "mixed", "none", "", "", "its GPU needs to be recovered" },
        { "wedged", "vm", UUID, "guest", "its GPU needs to be recovered" },
        { "lent", "user", "1000", "eve", "its GPU is with eve" },
        { "in-use", "vm", "another", "other", "its GPU is with other" },
    };
    VfPairing pairing = {
        (char *) UUID, (char *) "guest", (char *) "0000:01:00.0", (char *) "full", FALSE, FALSE,
        TRUE
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (VfClientGpu) shown =
            shown_gpu (rows[i].state, rows[i].kind, rows[i].id, rows[i].label);
        g_autoptr (VflGpu) gpu = vfl_gpu_new (shown);
        g_autoptr (VflMachine) machine = vfl_machine_new (value ("guest", VF_MACHINE_RUNNING));
        g_autofree char *expected = g_strdup_printf ("Running · %s", rows[i].words);

        vfl_machine_set_gpu (machine, &pairing, gpu);
        assert_words (machine, expected);
        vfl_machine_set_gpu (machine, &pairing, NULL);
        assert_words (machine, "Running · its GPU is not in this computer");
        vfl_machine_set_gpu (machine, NULL, NULL);
        assert_words (machine, "Running");
    }
}

static void
count (gpointer object, gpointer n)
{
    (*(guint *) n)++;
}

static void
test_follows_its_gpu (void)
{
    g_autoptr (VfClientGpu) shown = shown_gpu ("host", "none", "", "");
    g_autoptr (VflGpu) gpu = vfl_gpu_new (shown);
    g_autoptr (VflMachine) machine = vfl_machine_new (value ("guest", VF_MACHINE_SHUT_OFF));
    VfPairing pairing = {
        (char *) UUID, (char *) "guest", (char *) "0000:01:00.0", (char *) "full", FALSE, FALSE,
        TRUE
    };
    guint n_changes = 0;

    vfl_machine_set_gpu (machine, &pairing, gpu);
    g_signal_connect (machine, "changed", G_CALLBACK (count), &n_changes);
    vf_dbus_gpu_set_state (shown, "mixed");
    g_assert_cmpuint (n_changes, ==, 1);
    assert_words (machine, "Shut off · its GPU needs to be recovered");
    vfl_machine_set_gpu (machine, NULL, NULL);
    n_changes = 0;
    vf_dbus_gpu_set_state (shown, "host");
    g_assert_cmpuint (n_changes, ==, 0);
}

static void
test_activity_and_name (void)
{
    g_autoptr (VflMachine) machine = vfl_machine_new (value ("Große Kiste", VF_MACHINE_RUNNING));

    g_assert_true (vfl_machine_matches (machine, "grosse"));
    g_assert_true (vfl_power_is_possible (machine, VFL_POWER_STOP));
    vfl_machine_begin_activity (machine, "shutting down");
    assert_words (machine, "Shutting down");
    g_assert_false (vfl_power_is_possible (machine, VFL_POWER_STOP));
    g_assert_true (vfl_power_is_possible (machine, VFL_POWER_FORCE_OFF));
    vfl_machine_end_activity (machine, "shutting down");
    vfl_machine_update (machine, value ("small", VF_MACHINE_PAUSED));
    assert_words (machine, "Paused");
    g_assert_false (vfl_machine_matches (machine, "grosse"));
    g_assert_true (vfl_machine_matches (machine, "mal"));
    g_assert_true (vfl_power_is_possible (machine, VFL_POWER_RESUME));
    g_assert_false (vfl_power_is_possible (machine, VFL_POWER_START));
}

/* One that is forced off while it gets its GPU goes on getting it. */
static void
test_two_activities (void)
{
    g_autoptr (VflMachine) machine = vfl_machine_new (value ("guest", VF_MACHINE_RUNNING));

    vfl_machine_begin_activity (machine, "getting its GPU");
    vfl_machine_begin_activity (machine, "being forced off");
    assert_words (machine, "Being forced off");
    vfl_machine_end_activity (machine, "being forced off");
    assert_words (machine, "Getting its GPU");
    g_assert_true (vfl_machine_is_busy (machine));
    g_assert_false (vfl_machine_can_activate (machine));
    vfl_machine_end_activity (machine, "getting its GPU");
    g_assert_false (vfl_machine_is_busy (machine));
    assert_words (machine, "Running");
}

static void
on_ended (VflGpu *gpu, gboolean came_home, const char *failure, GString *story)
{
    g_string_append_printf (story, "%d %s;", came_home, failure != NULL ? failure : "well");
}

static void
test_gpu_ends (void)
{
    g_autoptr (VfClientGpu) shown = shown_gpu ("lending", "none", "", "");
    g_autoptr (VflGpu) gpu = vfl_gpu_new (shown);
    g_autoptr (GString) story = g_string_new (NULL);

    g_signal_connect (gpu, "ended", G_CALLBACK (on_ended), story);
    vf_dbus_gpu_set_state (shown, "lent");
    vf_dbus_gpu_set_result (shown, g_variant_new ("(ss)", "done", ""));
    vf_dbus_gpu_set_result (shown, g_variant_new ("(ss)", "", ""));
    vf_dbus_gpu_set_state (shown, "host");
    vf_dbus_gpu_set_result (shown, g_variant_new ("(ss)", "step-rejected", "No."));
    g_assert_cmpstr (story->str, ==, "0 well;1 No.;");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (virInitialize (), ==, 0);
    g_test_add_func ("/live-machine/words", test_words);
    g_test_add_func ("/live-machine/follows-its-gpu", test_follows_its_gpu);
    g_test_add_func ("/live-machine/activity-and-name", test_activity_and_name);
    g_test_add_func ("/live-machine/two-activities", test_two_activities);
    g_test_add_func ("/live-machine/gpu-ends", test_gpu_ends);
    return g_test_run ();
}
