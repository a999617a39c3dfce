/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls that make, confirm, open and drop a pairing; and what happens when its maker vanishes
 * half-way. */
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
void vfd_pairing_call_begin (VfdGpu *gpu,
                             VfDbusGpu *skeleton,
                             GDBusMethodInvocation *invocation,
                             const VfdPairRequest *request);
void vfd_pairing_call_confirm (VfdDaemon *daemon,
                               VfDbusHost *skeleton,
                               GDBusMethodInvocation *invocation,
                               const char *uuid,
                               const char *after);
void vfd_pairing_call_open (VfdDaemon *daemon,
                            VfDbusHost *skeleton,
                            GDBusMethodInvocation *invocation,
                            const char *uuid);
void vfd_pairing_call_drop (VfdDaemon *daemon,
                            VfDbusHost *skeleton,
                            GDBusMethodInvocation *invocation,
                            const char *uuid);

/* The pairing of @uuid, judged by whether the domain carries VirtFlow's mark: a pending one whose
 * maker is gone is confirmed by the mark, and dropped without it. NULL when there is none. */
VfdPairing *vfd_pairing_settle (VfdDaemon *daemon, const char *uuid, gboolean marked);
