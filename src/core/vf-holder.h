/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that has a device of a GPU open. A value with owned strings. */
#pragma once

#include <glib.h>

typedef struct {
    guint32 pid;
    guint64 start_time; /* field 22 of /proc/PID/stat, in clock ticks since boot */
    guint32 uid;
    char *command; /* comm, escaped for a terminal */
    char *user;    /* or the uid in decimal */
    char *unit;    /* systemd unit, or "" */
    char *node;    /* "/dev/dri/card1" */
} VfHolder;

void vf_holder_free (VfHolder *holder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfHolder, vf_holder_free)

/* A sound server that keeps the control node of every card open and lets go when the card vanishes.
 * An open PCM stream is never idle. */
gboolean vf_holder_is_idle_sound_server (const VfHolder *holder);

/* What shows the picture of a desktop, and opens every card that it is not kept off: a compositor
 * or an X server. */
gboolean vf_holder_is_desktop (const VfHolder *holder);

/* A service of NVIDIA's driver that a lend stops and a return starts again. */
gboolean vf_holder_is_known_service (const VfHolder *holder);

/* The units of those services, NULL behind the last one. */
extern const char *const vf_holder_known_services[];

/* The fields in their order. */
#define VF_HOLDER_VARIANT_TYPE "(utussss)"

/* An array of VF_HOLDER_VARIANT_TYPE for an array of VfHolder pointers. Floating. */
GVariant *vf_holders_to_variant (const GPtrArray *holders);
/* NULL for a variant of another form; else the caller owns the array, which frees its holders. */
GPtrArray *vf_holders_from_variant (GVariant *variant);
