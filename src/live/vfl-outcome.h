/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of a change, in words. A value with owned strings. */
#pragma once

#include "vfl-change.h"

typedef struct {
    const char *icon;
    char *title;
    char *sentence;
    gboolean can_start; /* starting the VM is the next thing to do */
    char *hint;         /* or "" */
    char *details;      /* of a failure, to be copied; else "" */
} VflOutcome;

/* Of @change, which has ended. The caller owns it. */
VflOutcome *vfl_outcome_new (VflChange *change);
void vfl_outcome_free (VflOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VflOutcome, vfl_outcome_free)
