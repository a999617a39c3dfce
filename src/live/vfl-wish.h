/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wants done to a VM's GPU, as a value that goes to another thread. */
#pragma once

#include "vf-activation.h"
#include "vf-pairing.h"

/* How long a guest may take to stop, in milliseconds: Windows may have updates to install. */
#define VFL_STOP_DEADLINE (180 * 1000)

typedef struct {
    const char *bus; /* of the daemon; NULL for the system bus */
    const VfMachine *machine;
    const VfPairing *pairing; /* of the VM; NULL when it has none */
    gboolean activates;
    const char *gpu; /* the address of the one to activate; or NULL */
    gboolean on_start;
    const GPtrArray *inputs; /* VfInput */
} VflWish;

/* With strings and values of its own. */
VflWish *vfl_wish_copy (const VflWish *wish);
void vfl_wish_free (gpointer wish);

/* Finds the GPU of an activation; the caller owns it. */
VfClientGpu *vfl_wish_find_gpu (const VflWish *wish, VfClient *client, GError **error);

/* The same for src/vm; belongs to @wish and @gpu. */
VfActivationWish vfl_wish_for_activation (const VflWish *wish, VfClientGpu *gpu);
