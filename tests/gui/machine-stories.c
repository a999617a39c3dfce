/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does with VMs. */
#include "stories.h"
#include "ui-stage.h"

/* Two VMs: guest, in the given state, and other, which is off. */
static UiStage *
stage_with_guest (const char *state)
{
    UiStage *stage = ui_stage_new ("lab");

    ui_stage_add_vm (stage, "guest", state, NULL);
    ui_stage_add_vm (stage, "other", "shut off", NULL);
    return stage;
}

static void
listed (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, "guest", "Running");
    ui_see_row (ui, "other", "Shut off");
    ui_see_row (ui, "0000:00:01.0", "On the host, shows its picture");
    ui_see_row (ui, "0000:01:00.0", "On the host");
    ui_see (ui, "Choose a Machine");
    ui_close (ui);
}

static void
searched (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, "guest", "");
    ui_press (ui, "Search machines");
    ui_write (ui, "Search machines", "GUE");
    ui_see_no_row (ui, "other");
    ui_see_row (ui, "guest", "");
    ui_write (ui, "Search machines", "nobody");
    ui_see (ui, "No machine has this name.");
    ui_see_no_row (ui, "guest");
    ui_press (ui, "Search machines");
    ui_see_row (ui, "guest", "");
    ui_see_row (ui, "other", "");
    ui_see_no (ui, "No machine has this name.");
}

static void
searched_by_keys (void)
{
    static const char *const control_f[] = { "Control_L", "f", NULL };
    static const char *const o[] = { "o", NULL };
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_button (ui, "Start");
    ui_type_keys (ui, control_f);
    ui_type_keys (ui, o);
    ui_see_no_row (ui, "guest");
    ui_see_row (ui, "other", "");
}

static void
opened (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_row (ui, "Processors", "");
    ui_see (ui, "4.0\u00a0GiB");
    ui_see (ui, "/var/lib/libvirt/images/guest.qcow2");
    ui_see (ui, "52:54:00:11:22:33");
    ui_see (ui, "No graphics card of this computer");
    ui_open (ui, "other");
    ui_see (ui, "/var/lib/libvirt/images/other.qcow2");
    ui_see_no (ui, "/var/lib/libvirt/images/guest.qcow2");
}

static void
started_and_stopped (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_no_button (ui, "Shut Down");
    ui_press (ui, "Start");
    ui_see_row (ui, "guest", "Running");
    ui_see_no_button (ui, "Start");
    ui_press (ui, "Shut Down");
    ui_see_row (ui, "guest", "Shut off");
    ui_see_button (ui, "Start");
}

static void
paused_and_resumed (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_choose (ui, "More actions", "Pause");
    ui_see_row (ui, "guest", "Paused");
    ui_see_no_button (ui, "Shut Down");
    ui_press (ui, "Resume");
    ui_see_row (ui, "guest", "Running");
}

static void
restarted (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_choose (ui, "More actions", "Restart");
    ui_stage_await_file (stage, "guest.reboot");
    ui_see_row (ui, "guest", "Running");
}

static void
forced_off (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_choose (ui, "More actions", "Force Off…");
    ui_see (ui, "Force “guest” Off?");
    ui_press (ui, "Cancel");
    ui_see_no (ui, "Force “guest” Off?");
    ui_see_row (ui, "guest", "Running");
    ui_choose (ui, "More actions", "Force Off…");
    ui_press (ui, "Force Off");
    ui_see_row (ui, "guest", "Shut off");
}

/* What is forced off is what the question was about. */
static void
forced_off_behind_another_page (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_choose (ui, "More actions", "Force Off…");
    ui_see (ui, "Force “guest” Off?");
    ui_stage_press_notification (stage, "0000:01:00.0");
    ui_see (ui, "Moves Along");
    ui_press (ui, "Force Off");
    ui_see_row (ui, "guest", "Shut off");
}

static void
started_with_the_host (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_switch (ui, "Start with the host", FALSE);
    ui_toggle (ui, "Start with the host");
    ui_see_switch (ui, "Start with the host", TRUE);
    ui_open (ui, "other");
    ui_see_switch (ui, "Start with the host", FALSE);
    ui_open (ui, "guest");
    ui_see_switch (ui, "Start with the host", TRUE);
    ui_toggle (ui, "Start with the host");
    ui_see_switch (ui, "Start with the host", FALSE);
}

static void
made_elsewhere (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, "guest", "");
    ui_stage_add_vm (stage, "newcomer", "shut off", NULL);
    ui_stage_change_vms (stage);
    ui_open (ui, "newcomer");
    ui_see (ui, "/var/lib/libvirt/images/newcomer.qcow2");
}

static void
removed_elsewhere (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_see_button (ui, "Start");
    ui_stage_remove_vm (stage, "guest");
    ui_stage_change_vms (stage);
    ui_see_no_row (ui, "guest");
    ui_see (ui, "Choose a Machine");
    ui_see_row (ui, "other", "");
}

static void
without_viewer (void)
{
    g_autoptr (UiStage) stage = stage_with_guest ("running");
    Ui *ui;

    ui_stage_set (stage, "PATH", "/nonexistent");
    ui = ui_stage_start (stage);
    ui_open (ui, "guest");
    ui_press (ui, "Open Console");
    ui_see (ui, "Install the package virt-viewer");
    ui_press (ui, "Close");
    ui_see_no (ui, "Install the package virt-viewer");
}

/* A screen reader asks while the window comes and goes. */
static void
shortcuts (void)
{
    static const char *const escape[] = { "Escape", NULL };
    static const char *const f1[] = { "F1", NULL };
    g_autoptr (UiStage) stage = stage_with_guest ("shut off");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, "guest", "Shut off");
    ui_ask_for_too_much (ui);
    ui_choose (ui, "Main menu", "Keyboard Shortcuts");
    ui_see (ui, "Close the window");
    ui_see (ui, "Ctrl");
    ui_take_picture (ui, "shown");
    ui_type_keys (ui, escape);
    ui_see_no (ui, "Close the window");
    ui_ask_for_too_much (ui);
    ui_type_keys (ui, f1);
    ui_see (ui, "Close the window");
    ui_type_keys (ui, escape);
    ui_see_no (ui, "Close the window");
    ui_see_row (ui, "guest", "Shut off");
    ui_close (ui);
}

void
add_machine_stories (void)
{
    g_test_add_func ("/machines/listed", listed);
    g_test_add_func ("/machines/searched", searched);
    g_test_add_func ("/machines/searched-by-keys", searched_by_keys);
    g_test_add_func ("/machines/opened", opened);
    g_test_add_func ("/machines/started-and-stopped", started_and_stopped);
    g_test_add_func ("/machines/paused-and-resumed", paused_and_resumed);
    g_test_add_func ("/machines/restarted", restarted);
    g_test_add_func ("/machines/forced-off", forced_off);
    g_test_add_func ("/machines/forced-off-behind-another-page", forced_off_behind_another_page);
    g_test_add_func ("/machines/started-with-the-host", started_with_the_host);
    g_test_add_func ("/machines/made-elsewhere", made_elsewhere);
    g_test_add_func ("/machines/removed-elsewhere", removed_elsewhere);
    g_test_add_func ("/machines/without-viewer", without_viewer);
    g_test_add_func ("/machines/shortcuts", shortcuts);
}
