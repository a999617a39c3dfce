/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of virtflow, and how it is run from a command line. */
#pragma once

#include "vfc-candidates.h"
#include "vfc-run.h"

typedef struct {
    const char *name;
    const char *arguments;       /* as its help shows them: "VM [GPU]"; a place each, and in each
                                    words that vfc-candidates.h is about */
    const char *description;     /* what it does, in sentences */
    const char *example;         /* command lines, each on a line of its own */
    const GOptionEntry *options; /* its own ones; or NULL */
    guint fewest;                /* how many arguments it takes */
    guint most;
    gboolean (*run) (VfcRun *run, char **arguments, GError **error);
} VfcCommand;

/* A line of the table of commands. */
typedef struct {
    const char *name;
    const char *summary;
    const VfcCommand *command; /* NULL when the other program has it */
} VfcCommandRow;

/* One of the programs that have the commands. */
typedef struct {
    const VfcCommandRow *rows; /* end with one without a name; the first is what it does alone */
    /* Of candidates that only this program has; end with one without a word, or NULL. */
    const VfcCandidateSource *sources;
    /* Gets the whole command line when the row has no command; NULL if there is no such row. */
    void (*elsewhere) (char **argv, GError **error);
} VfcProgram;

/* Runs what @argv asks for and returns the exit status. */
int vfc_command_main (const VfcProgram *program, int argc, char **argv);
