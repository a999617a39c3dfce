/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The VM "desk" and the GPU of the machine "lab" that it is to have: what those who activate it and
 * libvirt's hook say about it to the daemon, and where the GPU has to be then. */
#pragma once

#include "daemon-stage.h"

#include "vf-error.h"

#define DESK_UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define DESK_GPU ((VfPciAddress){ 0, 1, 0, 0 })

typedef struct {
    DaemonStage *stage;
    GDBusConnection *client; /* who activates */
    GDBusConnection *hook;
    char *before; /* how the machine looked */
} Desk;

/* What a program of stories about it begins with: daemon_stage_begin(). */
void desk_init (int *argc, char ***argv);

/* As a fixture; @config becomes virtflow.conf. The daemon does not run yet. */
void desk_set_up (Desk *desk, gconstpointer config);
void desk_tear_down (Desk *desk, gconstpointer config);

/* Whoever it was is gone; NULL then. */
void desk_disconnect (GDBusConnection **connection);

/* Arguments of the methods Pair and Prepare; floating. */
GVariant *desk_pair_arguments (gboolean on_start);
GVariant *desk_prepare_arguments (const char *uuid, gboolean marked);

/* Each returns the error of the call, or NULL; the caller owns it. */
GError *desk_pair (Desk *desk, gboolean on_start);
GError *desk_confirm (Desk *desk);
GError *desk_drop (Desk *desk);
GError *desk_switch (Desk *desk, const char *target);
GError *desk_prepare (Desk *desk);
/* For another VM with that GPU, or without the mark of VirtFlow. */
GError *desk_prepare_vm (Desk *desk, const char *uuid, gboolean marked);

/* These must succeed: a pairing that is confirmed; a method of the hook that only names the VM; and
 * the whole start of a VM with QEMU. */
void desk_activate (Desk *desk, gboolean on_start);
void desk_notify (Desk *desk, const char *method);
void desk_start_vm (Desk *desk);

/* Of the GPU's and of the hook's interface, without waiting for an answer. */
void desk_begin (GDBusConnection *caller, const char *method, GVariant *arguments);
void desk_begin_hook (GDBusConnection *caller, const char *method, GVariant *arguments);

/* Takes @remote, the error of a call. */
void desk_assert_refused (GError *remote, VfReason reason);

/* Of its GPU; at home the whole machine is as it was before. */
void desk_await (Desk *desk, const char *state);
void desk_assert_stays (Desk *desk, const char *state);
void desk_assert_home (Desk *desk);
