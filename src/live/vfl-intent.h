/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wants to go on with after the next login: an activation that the desktop stands
 * against. Kept in a file, with the start of the app by itself. A value with owned strings. */
#pragma once

#include <gio/gio.h>

typedef struct {
    char *machine;     /* UUID */
    char *gpu;         /* address */
    GPtrArray *inputs; /* VfInput that are wanted along */
    guint32 desktop;   /* the process that has the card open, and field 22 of its stat: when that
                          is another, the person has logged in anew */
    guint64 desktop_start;
    gint64 made; /* when it was wanted, in seconds as g_get_real_time() counts */
} VflIntent;

/* Without inputs; the strings are copied. The caller owns it. */
VflIntent *vfl_intent_new (const char *machine, const char *gpu);
void vfl_intent_free (VflIntent *intent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VflIntent, vfl_intent_free)

/* Keeps @intent instead of any other. FALSE with an error, and with nothing kept, when the files
 * cannot be written. */
gboolean vfl_intent_keep (const VflIntent *intent, GError **error);

/* The one that is kept, as it is at the time @now; NULL when there is none. What nobody remembers
 * to have wanted, or cannot be read, is forgotten. The caller owns it. */
VflIntent *vfl_intent_recall (gint64 now);

/* Nothing is wanted any more: neither file is left. */
void vfl_intent_forget (void);

/* The same when what is kept is of the VM @machine, which has got its GPU. */
void vfl_intent_fulfil (const char *machine);

/* Whether the desktop of @intent is among @holders (VfHolder pointers): the person has not logged
 * in anew since. */
gboolean vfl_intent_is_early (const VflIntent *intent, const GPtrArray *holders);
