/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does whose desktop has opened the card that a VM is to get. */
#include "stories.h"

#include "fake-proc.h"
#include "fake-tree.h"
#include "ui-session.h"
#include "ui-stage.h"

#define DESKTOP 1812

static const char *
root (UiStage *stage)
{
    return fake_daemon_host (ui_stage_daemon (stage))->folder;
}

/* Its X server, which is root's, opens the card that shows the picture and the last one. */
static void
log_in (UiStage *stage)
{
    static const char *const open[] = { "dri/card0", "dri/card2", NULL };
    const FakeProcess desktop = { .pid = DESKTOP,
                                  .command = (char *) "Xorg",
                                  .unit = (char *) "session-2.scope",
                                  .open = (char **) open };

    fake_proc_add (&desktop, root (stage));
}

static void
log_out (UiStage *stage)
{
    g_autofree char *process = g_strdup_printf ("%s/proc/%d", root (stage), DESKTOP);

    ui_stage_end_session (stage);
    fake_tree_remove (process);
}

static UiStage *
stage_with_desktop (void)
{
    UiStage *stage = ui_stage_new ("two-identical");

    ui_stage_start_setup (stage);
    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    log_in (stage);
    return stage;
}

/* The card that would not be chosen by itself. */
static void
choose_last_card (Ui *ui)
{
    static const char *const keys[][2] = {
        { "Tab" }, { "Tab" }, { "Return" }, { "Down" }, { "Return" }
    };

    ui_see (ui, "With it goes: audio (0000:01:00.1)");
    ui_see (ui, "Taken out of the machine");
    ui_see_no_button (ui, "Keep the Desktop off This GPU…");
    for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
        ui_type_keys (ui, keys[i]);
}

/* Up to the dialog that shows what would be changed. */
static Ui *
ask_to_keep_off (UiStage *stage)
{
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "guest");
    ui_press (ui, "Activate GPU…");
    choose_last_card (ui);
    ui_see (ui, "0000:02:00.0 is used by Xorg (pid 1812, user root, ");
    ui_press (ui, "Keep the Desktop off This GPU…");
    ui_see (ui, "Xorg shows the picture of your desktop");
    ui_see (ui, "The desktop uses 0000:00:02.0 and leaves 0000:02:00.0 to VMs");
    ui_see (ui, "/etc/udev/rules.d/72-virtflow-desktop.rules");
    ui_see (ui, "Counts when you have logged in again.");
    ui_see_no (ui, "The kernel uses the IOMMU");
    ui_see_no_button (ui, "Log Out");
    return ui;
}

static Ui *
keep_off (UiStage *stage)
{
    Ui *ui = ask_to_keep_off (stage);

    ui_press (ui, "Keep It Off");
    ui_see (ui, "The desktop leaves this card alone with your next login.");
    ui_see_no (ui, "/etc/udev/rules.d");
    return ui;
}

static void
leave_for_later (Ui *ui)
{
    ui_press (ui, "Later");
    ui_see (ui, "Why Not");
    ui_press (ui, "Cancel");
    ui_see_button (ui, "Activate GPU…");
}

static void
see_dialog_go_on (Ui *ui)
{
    ui_see (ui, "What Will Happen");
    ui_see (ui, "With it goes: audio (0000:02:00.1)");
    ui_see (ui, "Taken out of the machine");
    ui_see_row (ui, "0000:02:00.0", "On the host");
}

static void
continued (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    g_autoptr (UiSession) manager = ui_session_play (ui_stage_session_bus (stage));
    Ui *ui = ask_to_keep_off (stage);
    g_autofree char *rules =
        g_build_filename (root (stage), "etc/udev/rules.d/72-virtflow-desktop.rules", NULL);

    ui_take_picture (ui, "asked");
    ui_stage_assert_no_entry (stage);
    g_assert_false (g_file_test (rules, G_FILE_TEST_EXISTS));
    ui_press (ui, "Keep It Off");
    ui_see (ui, "The desktop leaves this card alone with your next login.");
    g_assert_true (g_file_test (rules, G_FILE_TEST_EXISTS));
    ui_see_no_button (ui, "Keep It Off");
    ui_take_picture (ui, "kept-off");
    ui_press (ui, "Log Out");
    ui_session_await_logout (manager);
    log_out (stage);
    ui = ui_stage_start_by_session (stage);
    see_dialog_go_on (ui);
    ui_take_picture (ui, "continued");
    ui_stage_assert_no_entry (stage);
    ui_press (ui, "Activate");
    ui_see (ui, "guest Has Its Graphics Card");
}

/* No desktop answers the wish to log out; whoever starts the app himself goes on as well, once. */
static void
continued_by_hand (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    Ui *ui = keep_off (stage);

    ui_press (ui, "Log Out");
    ui_see (ui, "This desktop cannot be asked to log out: do it by hand.");
    leave_for_later (ui);
    ui_stage_end_session (stage);
    /* The desktop is still there. */
    ui = ui_stage_start (stage);
    ui_see_row (ui, "0000:02:00.0", "On the host");
    ui_open (ui, "guest");
    ui_see_button (ui, "Activate GPU…");
    log_out (stage);
    ui = ui_stage_start (stage);
    see_dialog_go_on (ui);
    ui_stage_assert_no_entry (stage);
    ui_press (ui, "Cancel");
    ui_stage_end_session (stage);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "0000:02:00.0", "On the host");
    ui_open (ui, "guest");
    ui_see_button (ui, "Activate GPU…");
}

static void
not_continued (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    Ui *ui = keep_off (stage);

    ui_toggle (ui, "Continue after the next login");
    ui_stage_assert_no_entry (stage);
    leave_for_later (ui);
    ui_stage_assert_no_entry (stage);
    log_out (stage);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "0000:02:00.0", "On the host");
    ui_open (ui, "guest");
    ui_see_button (ui, "Activate GPU…");
}

/* The desktop let go of the card by itself. */
static void
activated_meanwhile (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    Ui *ui = keep_off (stage);
    g_autofree char *process = g_strdup_printf ("%s/proc/%d", root (stage), DESKTOP);

    leave_for_later (ui);
    fake_tree_remove (process);
    ui_press (ui, "Activate GPU…");
    choose_last_card (ui);
    ui_see (ui, "With it goes: audio (0000:02:00.1)");
    ui_see (ui, "Taken out of the machine");
    ui_press (ui, "Activate");
    ui_see (ui, "guest Has Its Graphics Card");
    ui_stage_assert_no_entry (stage);
}

static void
machine_is_gone (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    Ui *ui = keep_off (stage);

    leave_for_later (ui);
    log_out (stage);
    ui_stage_remove_vm (stage, "guest");
    ui = ui_stage_start_by_session (stage);
    ui_see (ui, "The machine that was to get a graphics card is not there any more.");
    ui_stage_assert_no_entry (stage);
}

/* The session starts the app for nothing, and nobody sees it. */
static void
nothing_to_continue (void)
{
    g_autoptr (UiStage) stage = stage_with_desktop ();
    Ui *ui = keep_off (stage);

    leave_for_later (ui);
    log_out (stage);
    ui_stage_lose_state (stage);
    ui = ui_stage_start_by_session (stage);
    ui_await_end (ui);
    ui_stage_assert_no_entry (stage);
}

void
add_login_stories (void)
{
    g_test_add_func ("/logins/continued", continued);
    g_test_add_func ("/logins/continued-by-hand", continued_by_hand);
    g_test_add_func ("/logins/not-continued", not_continued);
    g_test_add_func ("/logins/activated-meanwhile", activated_meanwhile);
    g_test_add_func ("/logins/machine-is-gone", machine_is_gone);
    g_test_add_func ("/logins/nothing-to-continue", nothing_to_continue);
}
