/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol of virtflow-modules, and the list of drivers that it loads. */
#pragma once

#include <glib.h>

/* Loads the kernel module @name and what it needs. Succeeds when it is there already. */
typedef gboolean (*VfmLoad) (const char *name, gpointer data, GError **error);

/* Carries out the load-module steps that come in on @socket until the peer closes: a driver that is
 * not on the list is refused with VF_REASON_INTERNAL. Returns the status that the program ends
 * with.
 */
int vfm_service_run (int socket, VfmLoad load, gpointer data);
