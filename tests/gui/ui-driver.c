/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a person does, and the patience for it. */
#include "ui-driver.h"

#include "ui-input.h"
#include "ui-picture.h"

#include <stdlib.h>
#include <string.h>

/* For anything to be there, in milliseconds: the machine has other work. */
#define PATIENCE 60000
#define LOOK_EVERY 30

struct _Ui {
    GSubprocess *process;
    const UiDisplay *display;
    UiInput *input;
    UiTree *tree;
    char *output;
    char *pictures;
    char *story;
};

Ui *
ui_new (const UiDisplay *display,
        GSubprocess *process,
        const char *output,
        const char *pictures,
        const char *story)
{
    Ui *self = g_new0 (Ui, 1);

    self->process = g_object_ref (process);
    self->display = display;
    self->input = ui_input_new (ui_display_name (display));
    self->tree = ui_tree_new ((guint) atoi (g_subprocess_get_identifier (process)));
    self->output = g_strdup (output);
    self->pictures = g_strdup (pictures);
    self->story = g_strdup (story);
    return self;
}

void
ui_free (Ui *self)
{
    ui_tree_free (self->tree);
    ui_input_free (self->input);
    g_object_unref (self->process);
    g_free (self->output);
    g_free (self->pictures);
    g_free (self->story);
    g_free (self);
}

void
ui_take_picture (Ui *self, const char *name)
{
    g_autofree char *file = g_strdup_printf ("%s-%s.png", self->story, name);
    g_autofree char *path = g_build_filename (self->pictures, file, NULL);

    g_mkdir_with_parents (self->pictures, 0755);
    ui_picture_save (ui_display_name (self->display), path, NULL);
}

void
ui_fail (Ui *self, const char *format, ...)
{
    g_autofree char *output = NULL;
    g_autofree char *what = NULL;
    g_autofree char *shown = ui_tree_print (self->tree);
    va_list arguments;

    va_start (arguments, format);
    what = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    g_file_get_contents (self->output, &output, NULL, NULL);
    ui_take_picture (self, "failed");
    g_printerr ("The app shows:\n%s\nIt said:\n%s\n", shown, output != NULL ? output : "");
    g_error ("%s: %s; see the picture in %s", self->story, what, self->pictures);
}

static gboolean
is_out_of_time (gint64 deadline)
{
    g_usleep (LOOK_EVERY * 1000);
    return g_get_monotonic_time () > deadline;
}

static gint64
deadline_from_now (void)
{
    return g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_MILLISECOND;
}

/* The caller owns it. */
static AtspiAccessible *
wait_for (Ui *self, UiKind kind, const char *name, const char *words)
{
    gint64 deadline = deadline_from_now ();
    AtspiAccessible *found;

    while ((found = ui_tree_find (self->tree, kind, name, words)) == NULL)
        if (is_out_of_time (deadline))
            ui_fail (self, "there is no %s “%s” %s", ui_kind_words (kind), name, words);
    return found;
}

static void
wait_until_gone (Ui *self, UiKind kind, const char *name)
{
    gint64 deadline = deadline_from_now ();
    AtspiAccessible *found;

    while ((found = ui_tree_find (self->tree, kind, name, "")) != NULL) {
        g_object_unref (found);
        if (is_out_of_time (deadline))
            ui_fail (self, "there still is a %s “%s”", ui_kind_words (kind), name);
    }
    if (ui_tree_n_windows (self->tree) <= 0)
        ui_fail (self, "the app is gone, and with it the %s “%s”", ui_kind_words (kind), name);
}

void
ui_see (Ui *self, const char *text)
{
    g_object_unref (wait_for (self, UI_TEXT, text, ""));
}

void
ui_see_no (Ui *self, const char *text)
{
    wait_until_gone (self, UI_TEXT, text);
}

void
ui_see_row (Ui *self, const char *name, const char *words)
{
    g_object_unref (wait_for (self, UI_ROW, name, words));
}

void
ui_see_no_row (Ui *self, const char *name)
{
    wait_until_gone (self, UI_ROW, name);
}

void
ui_see_button (Ui *self, const char *name)
{
    g_object_unref (wait_for (self, UI_BUTTON, name, ""));
}

void
ui_see_no_button (Ui *self, const char *name)
{
    wait_until_gone (self, UI_BUTTON, name);
}

/* GTK 4.8 dies of a question about a dialog that is just going away, other than how many windows
 * there are. One that stays is waited for in vain. */
static void
let_dialog_go (Ui *self, int n_windows)
{
    gint64 deadline = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 2;

    while (ui_tree_n_windows (self->tree) == n_windows && !is_out_of_time (deadline))
        ;
}

static void
act (Ui *self, UiKind kind, const char *name)
{
    g_autoptr (AtspiAccessible) thing = wait_for (self, kind, name, "");
    g_autoptr (AtspiAccessible) window = ui_tree_window_of (thing);
    g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (thing);
    gboolean in_dialog =
        window != NULL && atspi_accessible_get_role (window, NULL) == ATSPI_ROLE_DIALOG;
    int n_windows = ui_tree_n_windows (self->tree);

    if (action == NULL || !atspi_action_do_action (action, 0, NULL))
        ui_fail (self, "the %s “%s” cannot be pressed", ui_kind_words (kind), name);
    if (in_dialog)
        let_dialog_go (self, n_windows);
}

void
ui_press (Ui *self, const char *name)
{
    act (self, UI_BUTTON, name);
}

void
ui_toggle (Ui *self, const char *name)
{
    act (self, UI_SWITCH, name);
}

void
ui_see_switch (Ui *self, const char *name, gboolean on)
{
    gint64 deadline = deadline_from_now ();
    g_autoptr (AtspiAccessible) thing = wait_for (self, UI_SWITCH, name, "");

    while (ui_tree_is (thing, ATSPI_STATE_CHECKED) != on)
        if (is_out_of_time (deadline))
            ui_fail (self, "the switch “%s” is not %s", name, on ? "on" : "off");
}

void
ui_write (Ui *self, const char *entry, const char *text)
{
    g_autoptr (AtspiAccessible) thing = wait_for (self, UI_ENTRY, entry, "");
    g_autoptr (AtspiEditableText) editable = atspi_accessible_get_editable_text_iface (thing);

    if (editable == NULL || !atspi_editable_text_set_text_contents (editable, text, NULL))
        ui_fail (self, "the entry “%s” takes no text", entry);
}

static void
point_at (Ui *self, UiKind kind, const char *name)
{
    g_autoptr (AtspiAccessible) thing = wait_for (self, kind, name, "");

    if (!ui_input_press (self->input, thing))
        ui_fail (self, "the %s “%s” is not on the screen", ui_kind_words (kind), name);
}

/* Whether the row was chosen, a moment later. */
static gboolean
press_row (Ui *self, const char *name)
{
    g_autoptr (AtspiAccessible) row = wait_for (self, UI_ROW, name, "");
    gint64 soon = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

    if (!ui_input_press (self->input, row))
        return FALSE;
    while (!ui_tree_is (row, ATSPI_STATE_SELECTED)) {
        if (is_out_of_time (soon))
            return FALSE;
    }
    return TRUE;
}

/* A list that just changes its layout may move the row away from under the mouse. */
void
ui_open (Ui *self, const char *name)
{
    gint64 deadline = deadline_from_now ();

    while (!press_row (self, name)) {
        if (is_out_of_time (deadline))
            ui_fail (self, "the row “%s” cannot be chosen", name);
    }
}

void
ui_choose (Ui *self, const char *menu, const char *item)
{
    ui_press (self, menu);
    point_at (self, UI_MENU_ITEM, item);
}

void
ui_choose_shown (Ui *self, const char *item)
{
    point_at (self, UI_MENU_ITEM, item);
}

void
ui_resize (Ui *self, int width)
{
    g_autoptr (AtspiAccessible) window = wait_for (self, UI_WINDOW, "VirtFlow", "");
    gint64 deadline = deadline_from_now ();

    if (!ui_input_resize (self->input, window, width))
        ui_fail (self, "the window is not on the screen");
    while (ui_tree_place (window).width > width)
        if (is_out_of_time (deadline))
            ui_fail (self, "the window is not %d wide", width);
}

void
ui_type_keys (Ui *self, const char *const *keys)
{
    ui_input_type (self->input, keys);
}

void
ui_see_progress (Ui *self)
{
    g_object_unref (wait_for (self, UI_PROGRESS, "Progress of the switch", ""));
}

guint
ui_check_names (Ui *self)
{
    guint n_named = 0;
    g_autofree char *nameless = ui_tree_nameless (self->tree, &n_named);

    if (*nameless != '\0')
        ui_fail (self, "without a name for a screen reader:\n%s", nameless);
    return n_named;
}

void
ui_ask_for_too_much (Ui *self)
{
    ui_tree_ask_for_too_much (self->tree);
}

void
ui_await_end (Ui *self)
{
    g_subprocess_wait (self->process, NULL, NULL);
    if (!g_subprocess_get_successful (self->process))
        ui_fail (self, "it ended with a failure");
}

void
ui_close (Ui *self)
{
    ui_press (self, "Close");
    ui_await_end (self);
}
