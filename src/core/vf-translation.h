/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon and its helpers say in English, in the language of the person who reads it. They
 * speak no other one: who asks them is anybody, and what they say is journaled as well. */
#pragma once

#include <glib.h>

/* Longer texts stay as they are. */
#define VF_TRANSLATION_MAX 8192

/* @english as the running program's catalog has it: what the program that made it filled into a
 * sentence is found again and filled into the sentence of that language, translated as well where
 * it is one of ours. Text that is not ours comes back as it is. The caller owns the result. */
char *vf_translation_of (const char *english);
