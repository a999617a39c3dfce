/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The app as somebody who reads German has it: its own words, and what the daemon and libvirt's
 * hook say in English. */
#include "stories.h"
#include "ui-stage.h"

#define GPU "0000:01:00.0"

static Ui *
start_in_german (UiStage *stage, const char *state)
{
    ui_stage_add_vm (stage, "guest", state, "silent");
    ui_stage_set (stage, "LANGUAGE", "de");
    return ui_stage_start (stage);
}

static void
deactivate (Ui *ui)
{
    ui_press (ui, "GPU deaktivieren …");
    ui_see (ui, "Die Karte kehrt zum Host zurück");
    ui_take_picture (ui, "deactivation");
    ui_press (ui, "Deaktivieren");
    ui_see (ui, "guest ist wieder wie vorher");
    ui_take_picture (ui, "deactivated");
    ui_press (ui, "Fertig");
    ui_see_row (ui, GPU, "Beim Host");
}

static void
changes (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui = start_in_german (stage, "running");

    ui_open (ui, "guest");
    ui_see_row (ui, "guest", "Läuft");
    ui_see_row (ui, "Prozessoren", "");
    ui_take_picture (ui, "machine");
    ui_press (ui, "GPU aktivieren …");
    ui_see (ui, "guest wird heruntergefahren");
    ui_see (ui, "Mit ihr geht: Audio (0000:01:00.1)");
    ui_see (ui, "vnc-Bildschirm, Grafikkarte „vga“");
    ui_see (ui, "Der QEMU-Gast-Agent antwortet nicht");
    ui_take_picture (ui, "plan");
    fake_daemon_hold (ui_stage_daemon (stage), "worker");
    ui_press (ui, "Aktivieren");
    ui_see (ui, "Register von 0000:01:00.0 notieren");
    ui_take_picture (ui, "progress");
    fake_daemon_let_go (ui_stage_daemon (stage), "worker");
    ui_see (ui, "guest hat ihre Grafikkarte");
    ui_take_picture (ui, "result");
    ui_press (ui, "Fertig");
    ui_see_row (ui, "guest", "ihre GPU ist reserviert");
    deactivate (ui);
}

static void
refusals (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("held");
    Ui *ui = start_in_german (stage, "shut off");

    ui_open (ui, GPU);
    ui_see (ui, "game (Prozess 1812)");
    ui_take_picture (ui, "gpu");
    ui_open (ui, "guest");
    ui_press (ui, "GPU aktivieren …");
    ui_see (ui, "wird von game (PID 1812, Benutzer ");
    ui_take_picture (ui, "refused");
    ui_press (ui, "Abbrechen");
    fake_daemon_kill (ui_stage_daemon (stage));
    ui_open (ui, "Der Dienst von VirtFlow läuft nicht");
    ui_see_button (ui, "Erneut versuchen");
    ui_take_picture (ui, "condition");
}

void
add_german_stories (void)
{
    g_test_add_func ("/german/changes", changes);
    g_test_add_func ("/german/refusals", refusals);
}
