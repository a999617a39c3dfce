/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides what set-up does on a host. Pure. */
#pragma once

#include "vf-gpu.h"
#include "vf-host-facts.h"
#include "vf-setup-facts.h"
#include "vf-setup-item.h"

/* What is known. The parts belong to the caller. */
typedef struct {
    const VfHostFacts *host;
    const VfSnapshot *machine;
    const VfSetupFacts *files;
    VfFollowUp pending; /* of an earlier set-up */
} VfSetupScene;

/* What somebody wants. */
typedef struct {
    const char *user; /* who is to use VMs; NULL when that is root */
    const VfPciAddress
        *gpu; /* that the desktop is to leave alone; NULL: the only one that it can */
} VfSetupWish;

/* What is missing (VfSetupItem), in the order in which it is put right; the caller owns the array,
 * which frees them. Empty when nothing is. */
GPtrArray *vf_setup_plan (const VfSetupScene *scene, const VfSetupWish *wish);
