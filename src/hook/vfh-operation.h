/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of libvirt's hook operations are VirtFlow's own, and how each is treated. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;   /* libvirt's: "prepare" */
    const char *phase;  /* libvirt's sub-operation: "begin" */
    const char *method; /* of org.virtflow.VirtFlow1.Hook */
    guint deadline;     /* in seconds; libvirt has none and answers nobody while it waits */
    gboolean decides;   /* whether a failure keeps the VM from starting; else it is only logged */
} VfhOperation;

/* What it means, for the log: "The VM win11 has ended". The caller owns it. */
char *vfh_operation_tell (const VfhOperation *operation, const char *vm);

/* NULL for an operation that is none of VirtFlow's business. */
const VfhOperation *vfh_operation_find (const char *name, const char *phase);
