/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a story of the app needs around it: the daemon on a fake machine, a libvirt with VMs, and
 * the app with a person in front of it. */
#pragma once

#include "fake-daemon.h"
#include "ui-driver.h"

typedef struct _UiStage UiStage;

/* Once, before the first story. @programs is the build folder. */
void ui_stage_prepare (int *argc, char ***argv);
/* After the last one. */
void ui_stage_clear (void);

/* The machine of tests/machines/MACHINE.machine. The daemon runs; there are no VMs. */
UiStage *ui_stage_new (const char *machine);
/* The daemon does not run yet; @config becomes its virtflow.conf, NULL for none. */
UiStage *ui_stage_new_without_daemon (const char *machine, const char *config);
/* And the service that sets it up, on a machine that lacks what that can put right. */
void ui_stage_start_setup (UiStage *self);
void ui_stage_free (UiStage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiStage, ui_stage_free)

/* A VM of libvirt: "running", "paused" or "shut off". @agent is its guest's agent as
 * tests/cli/staged-libvirt.c has it, or NULL for a VM without the channel for one. */
void ui_stage_add_vm (UiStage *self, const char *name, const char *state, const char *agent);
void ui_stage_remove_vm (UiStage *self, const char *name);

/* How libvirt is to be reached, as tests/cli/staged-libvirt.c has it; "" for well. */
void ui_stage_set_libvirt (UiStage *self, const char *word);

/* Before the app starts; a line of settings.ini each, or a variable. */
void ui_stage_set (UiStage *self, const char *variable, const char *value);
void ui_stage_set_font (UiStage *self, const char *font);

/* Starts the app. What it returns belongs to the stage. */
Ui *ui_stage_start (UiStage *self);

/* The session ends, and with it the app. */
void ui_stage_end_session (UiStage *self);
/* Starts the app as the session does that begins: by the entry that the app has left for it. */
Ui *ui_stage_start_by_session (UiStage *self);
/* All that the app has kept for itself from one run to the next is lost. */
void ui_stage_lose_state (UiStage *self);
/* Fails when there is such an entry. */
void ui_stage_assert_no_entry (UiStage *self);

/* Libvirt has the VMs of now; libvirt ends. */
void ui_stage_change_vms (UiStage *self);
void ui_stage_end_libvirt (UiStage *self);

/* Begins the program virtflow on this machine; waits until it has done it. */
void ui_stage_begin (UiStage *self, const char *command, ...) G_GNUC_NULL_TERMINATED;
void ui_stage_finish (UiStage *self);

/* Waits until libvirt's folder has the file @name. */
void ui_stage_await_file (UiStage *self, const char *name);

/* What a notification's press does: the app is asked to show the GPU at @address. */
void ui_stage_press_notification (UiStage *self, const char *address);

/* Waits until the desktop was asked to show a notification that says @text. */
void ui_stage_await_notification (UiStage *self, const char *text);

const char *ui_stage_session_bus (UiStage *self);
FakeDaemon *ui_stage_daemon (UiStage *self);
