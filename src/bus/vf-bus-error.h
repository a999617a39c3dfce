/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors on the bus: org.virtflow.VirtFlow1.Error.CLASS.reason and a sentence, both ways. */
#pragma once

#include "vf-error.h"

#include <gio/gio.h>

#define VF_BUS_ERROR_PREFIX "org.virtflow.VirtFlow1.Error."

/* "org.virtflow.VirtFlow1.Error.Refused.host_display". The caller owns it. */
char *vf_bus_error_name (VfReason reason);

/* The error of a failed D-Bus call, or of the attempt to reach the bus, as a VF_ERROR: that of the
 * daemon with its reason and its bare sentence; VF_REASON_NO_DAEMON when it or the bus is not
 * there or went away; VF_REASON_NOT_AUTHORIZED when the bus refused the call; else
 * VF_REASON_INTERNAL. A VF_ERROR is copied. The caller owns the result. */
GError *vf_bus_error_from_remote (const GError *error);

/* Moves @remote (which may be NULL when @error is) through vf_bus_error_from_remote() into @error.
 * Takes @remote. */
void vf_bus_error_propagate (GError **error, GError *remote);

/* Answers @invocation, and takes it, with @error; one of another domain goes out as internal. */
void vf_bus_error_return (GDBusMethodInvocation *invocation, const GError *error);
