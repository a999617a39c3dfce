/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the daemon share. */
#pragma once

#include "vf-policy.h"
#include "vfg-authorizer.h"
#include "vfd-hook-pulse.h"
#include "vfd-inventory.h"
#include "vfd-libvirt-domains.h"
#include "vfd-pairings.h"
#include "vfd-run-folder.h"

typedef struct {
    VfSysfs *root;
    VfPolicy *policy;
    VfdInventory *inventory;
    VfdPairings *pairings;
    VfgAuthorizer *authorizer;
    GDBusConnection *connection;
    GDBusObjectManagerServer *manager;
    char *helpers;
    VfdRunFolder run_folder;
    GPtrArray *gpus;    /* VfdGpu; of each of them there is one of the following */
    GPtrArray *objects; /* VfdGpuObject */
    GPtrArray *runs;    /* VfdRun; NULL by hand, like all that is about the bus or the VMs */
    VfdLibvirtDomains *domains;
    VfdHookPulse *hook_pulse;

    GPtrArray *absences;   /* VfdAbsence, also one of each */
    GPtrArray *chronicles; /* VfdChronicle, also one of each */
} VfdDaemon;
