/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls to the daemon, each over a connection of its own. */
#pragma once

#include <glib.h>

/* Calls @method of org.virtflow.VirtFlow1.Hook on the bus at @address, or on the system bus when it
 * is NULL, with @arguments (floating: taken), and waits up to @seconds. Fails with a VF_ERROR. */
gboolean vfh_daemon_ask (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error);

/* The same for what only happens once: a daemon that dies over it before its first note would take
 * it along, so the next one is told again, in the same time. */
gboolean vfh_daemon_notify (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error);
