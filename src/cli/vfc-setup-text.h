/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What set-up does, for people, on standard output. Texts may hold anything. */
#pragma once

#include "vfc-run.h"

void vfc_setup_text_item (const char *id, const char *purpose);

/* A change of the file at @path below the root; an empty text is none. Both are empty where the
 * file is not for everybody's eyes. */
void
vfc_setup_text_change (const VfcRun *run, const char *path, const char *before, const char *after);

/* What is done with the changes, a sentence in English. */
void vfc_setup_text_then (const char *sentence);

/* Instead of a change: somebody is still to be told of an earlier one. */
void vfc_setup_text_tell (void);

void vfc_setup_text_counts (const char *sentence);
void vfc_setup_text_to_do (const char *to_do);
