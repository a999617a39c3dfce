/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays polkit on a bus, and says yes to everything, or no, or nothing while nobody has typed a
 * password. */
#pragma once

#include <gio/gio.h>

/* Answers the daemon, which asks about everybody but root, while the default main context runs. The
 * caller owns the connection that it lives on. */
GDBusConnection *fake_polkit_play (const char *bus_address);

/* From here on a question is answered only when it is cancelled. */
void fake_polkit_hold (GDBusConnection *polkit);

/* From here on it says no. */
void fake_polkit_refuse (GDBusConnection *polkit);

/* How many questions are open. */
guint fake_polkit_n_open (GDBusConnection *polkit);

/* What the last question was about, as a person would have read it; NULL before the first one. */
const char *fake_polkit_subject (GDBusConnection *polkit);
