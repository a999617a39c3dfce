/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that stand alone in a row begin like a sentence. */
#pragma once

#include <glib.h>

/* Takes @words; the caller owns the result. */
char *vfl_sentence_begin (char *words);
