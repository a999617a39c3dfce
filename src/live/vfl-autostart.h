/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That the app starts by itself with the next login, to go on with what was begun. */
#pragma once

#include <gio/gio.h>

/* Arranges it, until it is taken back. A G_FILE_ERROR when the file cannot be written. */
gboolean vfl_autostart_arrange (GError **error);

/* Takes it back; nothing where it was not arranged. */
void vfl_autostart_take_back (void);
