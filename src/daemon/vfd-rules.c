/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of who may call which method of the daemon. */
#include "vfd-rules.h"

#include "vf-bus-names.h"

const VfgRule vfd_rules[] = {
    { VF_BUS_HOST_INTERFACE, "ListPairings", NULL, VFG_ANYBODY, NULL },
    /* Judged by its handler: only the bus name that made the pairing. */
    { VF_BUS_HOST_INTERFACE, "ConfirmPairing", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_HOST_INTERFACE, "OpenPairing", NULL, VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_HOST_INTERFACE, "DropPairing", NULL, VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_HOST_INTERFACE, "Recover", NULL, VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.recover" },
    { VF_BUS_GPU_INTERFACE, "Plan", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_GPU_INTERFACE, "Inspect", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_GPU_INTERFACE, "Switch", "vfio", VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.lend", TRUE },
    { VF_BUS_GPU_INTERFACE, "Switch", "host", VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_GPU_INTERFACE, "Pair", NULL, VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.lend", TRUE },
    { VF_BUS_GPU_INTERFACE, "Recover", NULL, VFG_ASK_POLKIT, "org.virtflow.VirtFlow1.recover" },
    /* Judged by its handler: only the bus name that asked for the lend. */
    { VF_BUS_GPU_INTERFACE, "Cancel", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_HOOK_INTERFACE, "Prepare", NULL, VFG_ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Started", NULL, VFG_ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Stopped", NULL, VFG_ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Release", NULL, VFG_ONLY_ROOT, NULL },
    { NULL },
};
