/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the test build of the daemon can be made to stop or to fail: one point at each transition
 * of what is stored. A release has none of it, neither the code nor the names. */
#pragma once

#ifdef VIRTFLOW_FAULT_INJECTION

#include <glib.h>

/* Counts the points that are passed while there is an order in /run/virtflow-fault/order ("7 stop",
 * "7 fail"), and obeys it at the one that it names: "stop" stops the process with SIGSTOP, so that
 * the lab can do to it, or to the host, whatever it wants. FALSE with errno set when the transition
 * is to fail. */
gboolean vfd_fault_pass (const char *transition);
#define VFD_FAULT_POINT(transition) vfd_fault_pass (transition)

#else

#define VFD_FAULT_POINT(transition) TRUE

#endif
