/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What --color takes, and whether standard output is coloured. */
#pragma once

#include <glib.h>

/* "auto", "always", "never"; ends with NULL. */
extern const char *const vfc_color_words[];

/* @word is what --color was given; NULL is "auto". VF_REASON_INVALID_OPTION for any other word;
 * @color is then left alone. */
gboolean vfc_color_decide (const char *word, gboolean *color, GError **error);
