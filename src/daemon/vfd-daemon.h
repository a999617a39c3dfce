/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the daemon share, and its life from the bus name to the last loop. */
#pragma once

#include "vf-policy.h"
#include "vfd-authorizer.h"
#include "vfd-inventory.h"
#include "vfd-pairing.h"

/* Where a daemon finds things. The installed one has fixed values; tests have others. */
typedef struct {
    int root_fd;         /* the machine's root; taken */
    const char *helpers; /* folder of the helpers' sockets */
    const char *run;     /* what does not survive a reboot */
    const char *state;   /* what does */
    const char *config;
    const char *bus; /* address of a bus; NULL: the system bus */
} VfdSetup;

typedef struct {
    VfSysfs *root;
    VfPolicy *policy;
    VfdInventory *inventory;
    VfdPairings *pairings;
    VfdAuthorizer *authorizer;
    GDBusConnection *connection;
    GDBusObjectManagerServer *manager;
    char *helpers;
    int journals_fd;    /* folder of the GPUs' journals */
    GPtrArray *gpus;    /* VfdGpu; of each of them there is one of the following */
    GPtrArray *objects; /* VfdGpuObject */
    GPtrArray *runs;    /* VfdRun */
} VfdDaemon;

/* Runs until the bus goes away or SIGTERM or SIGINT comes. Returns the exit status. */
int vfd_daemon_run (const VfdSetup *setup);
