/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could stand at one place of a command line. A word in capitals means the same wherever the
 * help of a command has it, as an argument or as the value of an option; a source knows what can be
 * put in its place. */
#pragma once

#include "vf-sysfs.h"

#include <stdio.h>

typedef struct {
    const VfSysfs *root; /* the machine's root */
    const char *typed;   /* what is there of it already */
    const char *before;  /* what stands before it in the same word: "--color="; or "" */
    FILE *output;        /* gets a line for each: the word, a tab, and what it is */
} VfcCandidates;

/* Adds @text, which has to be what is asked for or only could be: who asks compares it with what is
 * typed. One that a line or a terminal cannot bear is left out. */
void vfc_candidates_add (const VfcCandidates *candidates, const char *text, const char *meaning);

typedef struct {
    const char *word; /* "GPU" */
    void (*add) (const VfcCandidates *candidates);
} VfcCandidateSource;

/* What this machine and virtflow itself know; without libvirt. Ends with one without a word. */
extern const VfcCandidateSource vfc_candidates_of_host[];
