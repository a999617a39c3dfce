/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mouse and keyboard of a display without a window manager. */
#pragma once

#include "ui-tree.h"

typedef struct _UiInput UiInput;

UiInput *ui_input_new (const char *display);
void ui_input_free (UiInput *self);

/* Presses the mouse in the middle of @thing. FALSE when its window is not there. */
gboolean ui_input_press (UiInput *self, AtspiAccessible *thing);

/* Makes a window so wide. */
gboolean ui_input_resize (UiInput *self, AtspiAccessible *window, int width);

/* Presses a key (named as X names it) while those before it are held: "Control_L", "f", NULL. */
void ui_input_type (UiInput *self, const char *const *keys);
