/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One reason why a request cannot be granted, with its subject. A value with owned strings. */
#pragma once

#include "vf-error.h"

typedef struct {
    VfReason reason;
    char *subject;  /* which device, process, group mate or VM: "0000:01:00.0", "pid 1812", ... */
    char *sentence; /* what, why, what to do */
} VfBlocker;

/* Takes @sentence. */
VfBlocker *vf_blocker_new (VfReason reason, const char *subject, char *sentence);
void vf_blocker_free (VfBlocker *blocker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfBlocker, vf_blocker_free)

/* One error for all of @blockers (at least one): the first gives its class and reason, the message
 * has every sentence, a line each. */
GError *vf_blockers_to_error (const GPtrArray *blockers);

/* Type "a(sss)": reason id, subject, sentence. Floating. */
GVariant *vf_blockers_to_variant (const GPtrArray *blockers);
/* Back from there, with sentences in the language of the person who reads them. NULL for a variant
 * of another form; else the caller owns the array, which frees its blockers. */
GPtrArray *vf_blockers_from_variant (GVariant *variant);
