/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays the session manager of a desktop, which would ask a person before it logs out. */
#pragma once

#include <gio/gio.h>

typedef struct _UiSession UiSession;

/* On the bus at @address, which outlives it, in a thread of its own. */
UiSession *ui_session_play (const char *address);
void ui_session_free (UiSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiSession, ui_session_free)

/* Waits until it was asked to log out; fails the test when it was asked otherwise than so that the
 * person is asked, or is not asked at all. */
void ui_session_await_logout (UiSession *self);
