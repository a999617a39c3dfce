/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of virtflow, and how it is run from a command line. */
#pragma once

#include "vfc-run.h"

typedef struct {
    const char *name;
    const char *arguments;       /* as its help shows them: "VM [GPU]" */
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

/* Runs what @argv asks for and returns the exit status. The rows end with one without a name; the
 * first one is what "virtflow" alone does. A row without a command is given to @elsewhere with the
 * whole command line, which may be NULL if there is no such row. */
int vfc_command_main (const VfcCommandRow *rows,
                      int argc,
                      char **argv,
                      void (*elsewhere) (char **argv, GError **error));
