/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a pairing on the bus: made, confirmed, opened, dropped; and what happens when its
 * maker vanishes half-way. */
#pragma once

#include "vf-dbus.h"
#include "vfd-gpu.h"

typedef struct {
    const char *uuid;
    const char *name;
    const char *before;
    GVariant *options; /* a{sv} */
} VfdPairRequest;

/* Each of these takes the invocation and answers it. */
void vfd_pair_begin (VfdGpu *gpu,
                     VfDbusGpu *skeleton,
                     GDBusMethodInvocation *invocation,
                     const VfdPairRequest *request);
void vfd_pair_confirm (VfdDaemon *daemon,
                       VfDbusHost *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *uuid,
                       const char *after);
void vfd_pair_open (VfdDaemon *daemon,
                    VfDbusHost *skeleton,
                    GDBusMethodInvocation *invocation,
                    const char *uuid);
void vfd_pair_drop (VfdDaemon *daemon,
                    VfDbusHost *skeleton,
                    GDBusMethodInvocation *invocation,
                    const char *uuid);

/* The pairing of @uuid, judged by whether the domain carries VirtFlow's mark: a pending one whose
 * maker is gone is confirmed by the mark, and dropped without it. NULL when there is none. */
VfdPairing *vfd_pair_settle (VfdDaemon *daemon, const char *uuid, gboolean marked);
