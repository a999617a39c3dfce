/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays the desktop that shows notifications, and keeps what they said. */
#pragma once

#include <gio/gio.h>

typedef struct _UiNotifications UiNotifications;

/* On the bus at @address, which outlives it, in a thread of its own. */
UiNotifications *ui_notifications_play (const char *address);
void ui_notifications_free (UiNotifications *self);

/* Whether one whose title or text contains @text was sent. */
gboolean ui_notifications_have (UiNotifications *self, const char *text);
