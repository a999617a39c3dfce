/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ordinary user with time on his hands, as a process of his own. */
#pragma once

#include <gio/gio.h>

/* Calls everything that the service @name on the bus at @address shows, @n_calls times, with
 * arguments that @seed makes. Returns how many of them did what they were asked to, though they may
 * change something. */
guint stranger_call_everything (const char *address, const char *name, guint32 seed, guint n_calls);

/* As many connections with as many open calls each, of all kinds, until standard input ends;
 * @ceaseless: with a new one for each that is answered. Prints how many were answered and how many
 * of these were refused for their number. */
void stranger_flood (const char *address, guint n_connections, guint n_calls, gboolean ceaseless);
