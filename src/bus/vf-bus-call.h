/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of a method, which may take as long as it takes. */
#pragma once

#include <gio/gio.h>

/* Calls @method of a generated proxy, which checks the types of the answer, and keeps the
 * thread-default main context running meanwhile: a prompt for a password may come from there. Takes
 * @arguments if they float. The caller owns the answer; the error is GDBus's own. */
GVariant *vf_bus_call (
    gpointer proxy, const char *method, GVariant *arguments, GDBusCallFlags flags, GError **error);
