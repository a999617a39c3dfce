/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does to give a VM a GPU, and to take it back. */
#include "stories.h"
#include "ui-stage.h"

#define GPU "0000:01:00.0"

static UiStage *
stage_with_guest (const char *machine, const char *state, const char *agent)
{
    UiStage *stage = ui_stage_new (machine);

    ui_stage_add_vm (stage, "guest", state, agent);
    return stage;
}

/* Up to the page that says what will happen. */
static Ui *
ask_for_activation (UiStage *stage)
{
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_press (ui, "Activate GPU…");
    return ui;
}

static void
activate (Ui *ui)
{
    ui_see (ui, "Taken out of the machine");
    ui_press (ui, "Activate");
    ui_see (ui, "guest Has Its Graphics Card");
}

static void
activated_and_deactivated (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "What Will Happen");
    ui_see (ui, "With it goes: audio (0000:01:00.1)");
    ui_see (ui, "vnc display, vga video card");
    ui_see (ui, "Your screen stays on");
    ui_see (ui, "(0000:00:01.0), which stays");
    ui_see (ui, "Deactivate GPU makes the machine as it was");
    activate (ui);
    ui_see (ui, "install the driver of the card’s maker");
    ui_press (ui, "Done");
    ui_see_row (ui, "guest", "its GPU is reserved");
    ui_see_row (ui, GPU, "Lent to guest");
    ui_press (ui, "Deactivate GPU…");
    ui_see (ui, "The card returns to the host");
    ui_press (ui, "Deactivate");
    ui_see (ui, "guest Is as It Was");
    ui_press (ui, "Done");
    ui_see_row (ui, GPU, "On the host");
    ui_see_button (ui, "Activate GPU…");
}

static void
started_from_the_result (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    activate (ui);
    ui_press (ui, "Start the Machine");
    ui_see_row (ui, "guest", "Running");
}

static void
started_behind_another_page (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    activate (ui);
    ui_stage_press_notification (stage, GPU);
    ui_see (ui, "Moves Along");
    ui_press (ui, "Start the Machine");
    ui_see_row (ui, "guest", "Running");
}

static void
given_back (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    activate (ui);
    ui_press (ui, "Done");
    ui_press (ui, "Give Back to the Host");
    ui_see_row (ui, "guest", "its GPU is on the host");
    ui_stage_await_notification (stage, "Graphics Card Is Back");
    ui_see_no_button (ui, "Give Back to the Host");
    ui_see_button (ui, "Deactivate GPU…");
}

static void
watched_and_cancelled (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "Taken out of the machine");
    fake_daemon_hold (ui_stage_daemon (stage), "worker");
    ui_press (ui, "Activate");
    ui_see (ui, "note the registers of 0000:01:00.0");
    ui_see_progress (ui);
    ui_see_row (ui, GPU, "On its way to guest");
    ui_press (ui, "Cancel");
    ui_see (ui, "Cancelling");
    fake_daemon_let_go (ui_stage_daemon (stage), "worker");
    ui_see (ui, "Cancelled");
    ui_see_no_button (ui, "Start the Machine");
    ui_press (ui, "Done");
    ui_see_row (ui, GPU, "On the host");
    ui_see_button (ui, "Activate GPU…");
}

/* Its steps are those that are shown. */
static void
with_the_other_card (void)
{
    static const char *const tab[] = { "Tab", NULL };
    static const char *const down[] = { "Down", NULL };
    static const char *const enter[] = { "Return", NULL };
    g_autoptr (UiStage) stage = stage_with_guest ("two-identical", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "With it goes: audio (0000:01:00.1)");
    ui_see (ui, "Taken out of the machine");
    ui_type_keys (ui, tab);
    ui_type_keys (ui, tab);
    ui_type_keys (ui, enter);
    ui_type_keys (ui, down);
    ui_type_keys (ui, enter);
    ui_see (ui, "With it goes: audio (0000:02:00.1)");
    ui_see (ui, "Taken out of the machine");
    fake_daemon_hold (ui_stage_daemon (stage), "worker");
    ui_press (ui, "Activate");
    ui_see (ui, "note the registers of 0000:02:00.0");
    fake_daemon_let_go (ui_stage_daemon (stage), "worker");
    ui_see (ui, "guest Has Its Graphics Card");
}

/* From the page to the result without a mouse. */
static void
by_keys (void)
{
    static const char *const control_g[] = { "Control_L", "g", NULL };
    static const char *const tab[] = { "Tab", NULL };
    static const char *const enter[] = { "Return", NULL };
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_button (ui, "Activate GPU…");
    ui_type_keys (ui, control_g);
    ui_see (ui, "Taken out of the machine");
    ui_type_keys (ui, tab);
    ui_type_keys (ui, enter);
    ui_see (ui, "guest Has Its Graphics Card");
    ui_type_keys (ui, enter);
    ui_see_no (ui, "guest Has Its Graphics Card");
    ui_see_row (ui, "guest", "Shut off");
}

/* The daemon is started anew while a person reads. */
static void
planned_with_two_daemons (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "Taken out of the machine");
    fake_daemon_kill (ui_stage_daemon (stage));
    ui_see (ui, "Start it with \"systemctl start virtflowd\"");
    fake_daemon_start (ui_stage_daemon (stage));
    activate (ui);
}

static void
closed_while_it_runs (void)
{
    static const char *const escape[] = { "Escape", NULL };
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "Taken out of the machine");
    fake_daemon_hold (ui_stage_daemon (stage), "worker");
    ui_press (ui, "Activate");
    ui_see (ui, "note the registers of 0000:01:00.0");
    ui_type_keys (ui, escape);
    ui_see_row (ui, "guest", "Getting its GPU");
    ui_see_progress (ui);
    fake_daemon_let_go (ui_stage_daemon (stage), "worker");
    ui_see_row (ui, "guest", "its GPU is reserved");
    ui_stage_await_notification (stage, "guest Has Its Graphics Card");
}

static void
refused_with_its_reason (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("held", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "Why Not");
    ui_see (ui, "is used by game (pid 1812, user ");
    ui_see_no (ui, "What Will Happen");
    ui_press (ui, "Cancel");
    ui_see_row (ui, "guest", "Shut off");
}

static void
without_a_card (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("only-gpu", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "No GPU of this host can be lent now");
}

static void
without_a_monitor (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("asleep", "shut off", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "No monitor is connected to the card");
}

static void
with_an_agent (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "running", "present");
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "guest is shut down");
    ui_see (ui, "The guest is ready");
    activate (ui);
    ui_press (ui, "Done");
    ui_see_row (ui, "guest", "Shut off");
}

static void
without_an_agent (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "running", NULL);
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "About the guest");
    ui_see (ui, "qemu-guest-agent");
    activate (ui);
}

static void
with_a_silent_agent (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "running", "silent");
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "About the guest");
    activate (ui);
}

static void
without_virtio (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("lab", "running", "windows-without-virtio");
    Ui *ui = ask_for_activation (stage);

    ui_see (ui, "About the guest");
    ui_see (ui, "virtio-win");
    activate (ui);
}

void
add_change_stories (void)
{
    g_test_add_func ("/changes/activated-and-deactivated", activated_and_deactivated);
    g_test_add_func ("/changes/started-from-the-result", started_from_the_result);
    g_test_add_func ("/changes/started-behind-another-page", started_behind_another_page);
    g_test_add_func ("/changes/given-back", given_back);
    g_test_add_func ("/changes/watched-and-cancelled", watched_and_cancelled);
    g_test_add_func ("/changes/with-the-other-card", with_the_other_card);
    g_test_add_func ("/changes/by-keys", by_keys);
    g_test_add_func ("/changes/planned-with-two-daemons", planned_with_two_daemons);
    g_test_add_func ("/changes/closed-while-it-runs", closed_while_it_runs);
    g_test_add_func ("/changes/refused-with-its-reason", refused_with_its_reason);
    g_test_add_func ("/changes/without-a-card", without_a_card);
    g_test_add_func ("/changes/without-a-monitor", without_a_monitor);
    g_test_add_func ("/changes/with-an-agent", with_an_agent);
    g_test_add_func ("/changes/without-an-agent", without_an_agent);
    g_test_add_func ("/changes/with-a-silent-agent", with_a_silent_agent);
    g_test_add_func ("/changes/without-virtio", without_virtio);
}
