/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol of virtflow-modules, which loads vfio-pci and nothing else. */
#pragma once

#include <glib.h>

/* Loads the kernel module @name and what it needs. Succeeds when it is there already. */
typedef gboolean (*VfmLoad) (const char *name, gpointer data, GError **error);

/* Carries out the load-module steps that come in on @socket until the peer closes: any other driver
 * is refused with VF_REASON_INTERNAL. Returns the status that the program ends
 * with.
 */
int vfm_service_run (int socket, VfmLoad load, gpointer data);
