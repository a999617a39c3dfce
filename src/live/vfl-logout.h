/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the person's session, as the desktop does it: it asks, and programs can save what is
 * open. */
#pragma once

#include <gio/gio.h>

/* Asks the desktop on the session bus to log out. */
void vfl_logout_ask (GCancellable *cancellable, GAsyncReadyCallback done, gpointer data);

/* FALSE, and an error, when no desktop that is known here has taken it on. */
gboolean vfl_logout_finish (GAsyncResult *result, GError **error);
