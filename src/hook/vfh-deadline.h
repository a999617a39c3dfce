/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The moment at which the hook ends, whatever it is waiting for: standard input, the bus, the
 * daemon, the loader of a shared library. */
#pragma once

#include <glib.h>

/* Ends the process with status 0 after @seconds. */
void vfh_deadline_start (guint seconds);

/* From now on the deadline ends the process with status 1 and @sentence on standard error. Takes
 * @sentence. */
void vfh_deadline_refuse (char *sentence);
