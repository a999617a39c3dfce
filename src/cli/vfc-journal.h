/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What VirtFlow has written to the system's log about GPUs and VMs. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 time;    /* microseconds since 1970 */
    guint priority; /* as syslog(3) numbers them */
    char *event;
    char *gpu; /* of these NULL what it is not about */
    char *vm;
    char *uuid;
    char *step;
    char *sentence; /* in English */
} VfcEntry;

/* The newest @most entries about @subject, a VM's name or UUID or a GPU's address, or about all
 * when that is NULL; oldest first. The caller owns the array, which frees them. Who is not allowed
 * to read the log gets none. VF_REASON_INTERNAL when there is no log. */
GPtrArray *vfc_journal_read (const char *subject, guint most, GError **error);
