/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where things are on the screen, and the keys. */
#include "ui-input.h"

#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>

/* The frame that a window draws around itself, and what a menu leaves for its shadow. */
#define BORDER 140

struct _UiInput {
    Display *x;
};

UiInput *
ui_input_new (const char *display)
{
    UiInput *self = g_new0 (UiInput, 1);

    self->x = XOpenDisplay (display);
    g_assert_nonnull (self->x);
    return self;
}

void
ui_input_free (UiInput *self)
{
    XCloseDisplay (self->x);
    g_free (self);
}

/* The topmost window of X that is as big; the toolkit tells where things are in their window and
 * not where the window is. */
static gboolean
find_window (UiInput *self, AtspiRect size, AtspiRect *place, Window *window)
{
    Window root, parent, *windows = NULL;
    unsigned int n_windows = 0;
    gboolean found = FALSE;

    XQueryTree (self->x, DefaultRootWindow (self->x), &root, &parent, &windows, &n_windows);
    for (unsigned int i = n_windows; i-- > 0 && !found;) {
        XWindowAttributes is;

        found = XGetWindowAttributes (self->x, windows[i], &is) && is.map_state == IsViewable
                && is.width >= size.width && is.width <= size.width + BORDER
                && is.height >= size.height && is.height <= size.height + BORDER;
        if (found)
            *place = (AtspiRect){ is.x, is.y, is.width, is.height };
        *window = windows[i];
    }
    if (windows != NULL)
        XFree (windows);
    return found;
}

gboolean
ui_input_press (UiInput *self, AtspiAccessible *thing)
{
    g_autoptr (AtspiAccessible) window = ui_tree_window_of (thing);
    AtspiRect inner = ui_tree_place (window);
    AtspiRect place = ui_tree_place (thing);
    AtspiRect outer;
    Window unused;

    if (!find_window (self, inner, &outer, &unused))
        return FALSE;
    XTestFakeMotionEvent (
        self->x, -1, outer.x + (outer.width - inner.width + place.width) / 2 + place.x - inner.x,
        outer.y + (outer.height - inner.height + place.height) / 2 + place.y - inner.y, 0);
    XTestFakeButtonEvent (self->x, 1, True, 0);
    XTestFakeButtonEvent (self->x, 1, False, 0);
    XSync (self->x, False);
    return TRUE;
}

gboolean
ui_input_resize (UiInput *self, AtspiAccessible *window, int width)
{
    AtspiRect place;
    Window found;

    if (!find_window (self, ui_tree_place (window), &place, &found))
        return FALSE;
    XResizeWindow (self->x, found, (unsigned int) width, (unsigned int) place.height);
    XSync (self->x, False);
    return TRUE;
}

static void
send_key (UiInput *self, const char *key, gboolean down)
{
    KeyCode code = XKeysymToKeycode (self->x, XStringToKeysym (key));

    g_assert_cmpint (code, !=, 0);
    XTestFakeKeyEvent (self->x, code, down, 0);
}

void
ui_input_type (UiInput *self, const char *const *keys)
{
    guint n_keys = g_strv_length ((char **) keys);

    for (guint i = 0; i < n_keys; i++)
        send_key (self, keys[i], TRUE);
    for (guint i = n_keys; i-- > 0;)
        send_key (self, keys[i], FALSE);
    XSync (self->x, False);
}
