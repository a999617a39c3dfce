/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A display without a monitor, a session bus and the folders of a person who has just begun: for
 * all stories of a program. */
#pragma once

#include <gio/gio.h>

typedef struct _UiDisplay UiDisplay;

/* A display for a window of at most 1280 x 800. Everything ends with this program. */
UiDisplay *ui_display_new (void);
void ui_display_free (UiDisplay *self);

/* Starts a program that ends with this one. @environment may be NULL; standard output and error go
 * to the file @log unless it is NULL. */
GSubprocess *ui_display_spawn (char **environment, const char *log, const char *const *command);

/* What a program on this display needs to know, and nothing of the desktop that the tests run on.
 * @home is the person's folder; the caller owns the result. */
char **ui_display_environment (const UiDisplay *self, const char *home, const char *settings);

const char *ui_display_name (const UiDisplay *self);
const char *ui_display_session_bus (const UiDisplay *self);
