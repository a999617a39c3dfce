/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an app tells a screen reader: its windows and all that is in them, as it is at the moment of
 * each question. */
#pragma once

#include <atspi/atspi.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)

typedef enum {
    UI_TEXT,
    UI_BUTTON,
    UI_SWITCH,
    UI_ENTRY,
    UI_ROW,
    UI_LIST,
    UI_PROGRESS,
    UI_MENU_ITEM,
    UI_WINDOW,
} UiKind;

const char *ui_kind_words (UiKind kind);

typedef struct _UiTree UiTree;

/* Of the process @pid, which may still have to come. */
UiTree *ui_tree_new (guint pid);
void ui_tree_free (UiTree *self);

/* The first one of that kind in the window that was opened last, whose name is @name (has it
 * between commas, for a row; contains it, for a text) and contains @words. The caller owns it; NULL
 * when there is none.
 */
AtspiAccessible *ui_tree_find (UiTree *self, UiKind kind, const char *name, const char *words);

gboolean ui_tree_is (AtspiAccessible *thing, AtspiStateType state);

/* Once something was found in it. */
int ui_tree_n_windows (UiTree *self);

/* Asks for a window more than there are, as who counts them while one goes away. */
void ui_tree_ask_for_too_much (UiTree *self);

/* Where it is in its top-level window; nothing for NULL. */
AtspiRect ui_tree_place (AtspiAccessible *thing);

/* The window, dialog or menu that it is in; the caller owns it. */
AtspiAccessible *ui_tree_window_of (AtspiAccessible *thing);

/* A line for each thing, for a person; the caller owns the text. */
char *ui_tree_print (UiTree *self);

/* The lines of what a person could use and a screen reader could not name, and how many have a
 * name. The caller owns the text. */
char *ui_tree_nameless (UiTree *self, guint *n_named);
