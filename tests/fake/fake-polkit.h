/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays polkit on a bus, and says yes to everything. */
#pragma once

#include <gio/gio.h>

/* Answers the daemon, which asks about everybody but root, while the default main context runs. The
 * caller owns the connection that it lives on. */
GDBusConnection *fake_polkit_play (const char *bus_address);
