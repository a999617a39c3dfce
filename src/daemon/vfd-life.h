/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's life, from its state on disk to its last loop. */
#pragma once

/* Where a daemon finds things. The installed one has fixed values; tests have others. */
typedef struct {
    int root_fd;          /* the machine's root; taken */
    const char *helpers;  /* folder of the helpers' sockets */
    const char *programs; /* folder of the helpers, for a recovery by hand; NULL: it uses the
                           * sockets as well */
    const char *run;      /* what does not survive a reboot */
    const char *state;    /* what does */
    const char *config;
    const char *bus; /* address of a bus; NULL: the system bus */
} VfdSetup;

/* Runs until the bus goes away or SIGTERM or SIGINT comes. Returns the exit status. */
int vfd_life_run (const VfdSetup *setup);
