/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domain's text on standard input. */
#pragma once

#include <glib.h>

/* Opens /dev/null in the place of each of descriptors 0 to 2 that is closed, so that nothing else
 * takes their numbers. */
void vfh_input_open_descriptors (void);

/* Reads standard input to its end, or 1 MiB and a byte of it, which is too long for a domain. The
 * caller owns the text. */
GString *vfh_input_read (void);

/* Reads what is left of standard input after @start and says whether @has is true of any part of
 * it. The parts overlap, and the first one begins in @start, so that no word of up to 256 bytes
 * falls between two of them. */
gboolean vfh_input_rest_has (const GString *start, gboolean (*has) (const GString *part));
