/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the daemon share. */
#pragma once

#include "vf-policy.h"
#include "vfd-authorizer.h"
#include "vfd-inventory.h"
#include "vfd-pairings.h"

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

    GPtrArray *absences; /* VfdAbsence, also one of each */
} VfdDaemon;
