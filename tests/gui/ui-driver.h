/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person in front of an app: sees what a screen reader is told, presses, types, points. What is
 * looked for is waited for. When it does not come, the test fails with the tree of what is there,
 * the output of the app and a picture of the screen. */
#pragma once

#include "ui-display.h"

typedef struct _Ui Ui;

/* The app that runs as @process on @display; @output is the file with its output. Pictures go to
 * the folder @pictures, with names that begin with @story. Calls of the app's window. */
Ui *ui_new (const UiDisplay *display,
            GSubprocess *process,
            const char *output,
            const char *pictures,
            const char *story);
void ui_free (Ui *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ui, ui_free)

/* A text that contains @text. */
void ui_see (Ui *self, const char *text);
/* No text contains it any more. */
void ui_see_no (Ui *self, const char *text);

/* A row one part of whose name, between commas, is @name, and whose name contains @words. */
void ui_see_row (Ui *self, const char *name, const char *words);
void ui_see_no_row (Ui *self, const char *name);

/* Buttons of windows, dialogs and toasts have their words as names. */
void ui_press (Ui *self, const char *name);
void ui_see_button (Ui *self, const char *name);
void ui_see_no_button (Ui *self, const char *name);

/* Opens the menu of the button @menu and chooses @item. */
void ui_choose (Ui *self, const char *menu, const char *item);
/* Chooses it when the menu is open. */
void ui_choose_shown (Ui *self, const char *item);

/* A press of the mouse on that row. */
void ui_open (Ui *self, const char *name);

/* A key as X names it while those before it are held: "Control_L", "f", NULL. */
void ui_type_keys (Ui *self, const char *const *keys);

/* The bar of a switch that runs. */
void ui_see_progress (Ui *self);

/* Replaces the text of the entry. */
void ui_write (Ui *self, const char *entry, const char *text);

/* Turns a switch, or waits until it is turned. */
void ui_toggle (Ui *self, const char *name);
void ui_see_switch (Ui *self, const char *name, gboolean on);

/* How many buttons, switches, entries, lists, rows and progress bars are there; fails on one that a
 * screen reader could not name. */
guint ui_check_names (Ui *self);

/* Makes its window so wide. */
void ui_resize (Ui *self, int width);

/* What a screen reader asks by mistake when a window has just gone. */
void ui_ask_for_too_much (Ui *self);

void ui_take_picture (Ui *self, const char *name);

/* Waits until the app has ended by itself without a failure. */
void ui_await_end (Ui *self);

/* Closes its window, and waits until the app has ended by itself without a failure. */
void ui_close (Ui *self);

G_GNUC_NORETURN void ui_fail (Ui *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
