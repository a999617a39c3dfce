/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "virtflow complete WORD...": what the scripts for bash, zsh and fish in data/completions ask. The
 * words are those after "virtflow" up to the cursor, the last one as far as it is typed, or "". The
 * answer is a line for each word that could stand there: the word, a tab, what it is. It is made
 * from the same tables as --help. No other command is like it: it takes every word as it is, never
 * fails, and is not in the help. */
#pragma once

#include "vfc-command.h"

#define VFC_COMPLETION_COMMAND "complete"

/* Answers for @words; FALSE, and nothing written, when only the other program knows the command.
 * @root is the machine's root. */
gboolean vfc_completion_write (const VfcProgram *program,
                               const GOptionEntry *common_options,
                               const VfSysfs *root,
                               char **words,
                               FILE *output);

/* The same on standard output, or from the other program, which gets @argv; in two seconds at most,
 * for somebody waits at a prompt. */
void vfc_completion_run (const VfcProgram *program,
                         const GOptionEntry *common_options,
                         char **argv,
                         char **words);
