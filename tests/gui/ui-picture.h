/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of windows as a desktop shows them: with round corners and a shadow, on nothing. */
#pragma once

#include <gio/gio.h>

/* Before an app starts on @display, and until this program ends: an app draws no corners and no
 * shadow where nobody could show them. */
void ui_picture_promise (const char *display);

/* The topmost window, without menus, as a PNG file. */
gboolean ui_picture_save (const char *display, const char *path, GError **error);
