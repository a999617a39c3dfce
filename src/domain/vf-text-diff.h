/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference between two texts, line by line, for people to read. */
#pragma once

#include <glib.h>

/* The unified difference that leads from @before to @after, with three lines of context and without
 * the two file name lines; "" if the texts are the same. The caller owns it. */
char *vf_text_diff (const char *before, const char *after);
