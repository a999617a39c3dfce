/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the owner of an activated VM may do to it behind VirtFlow's back, for tests. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;
    /* @after with the edit, a new string; NULL where it makes no sense. @before is the text before
     * the activation. */
    char *(*apply) (const char *before, const char *after);
    const char *keeps; /* what deactivation must leave there; NULL: nothing in particular */
} OwnerEdit;

extern const OwnerEdit owner_edits[];
extern const guint n_owner_edits;
