/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call to the daemon, over a connection of its own. */
#pragma once

#include <glib.h>

/* Calls @method of org.virtflow.VirtFlow1.Hook on the bus at @address, or on the system bus when it
 * is NULL, with @arguments (floating: taken), and waits up to @seconds. Fails with a VF_ERROR. */
gboolean vfh_daemon_call (
    const char *address, const char *method, GVariant *arguments, guint seconds, GError **error);
