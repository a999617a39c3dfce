/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of operations. */
#include "vfh-operation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The daemon gives up a lend after 20 s at the latest, whatever its configuration says
 * (hook-deadline can only be shorter); the rest is for its undo and its sentence. */
#define SWITCH_DEADLINE 25
#define NOTICE_DEADLINE 10

static const VfhOperation operations[] = {
    { "prepare", "begin", "Prepare", SWITCH_DEADLINE, TRUE },
    { "started", "begin", "Started", NOTICE_DEADLINE, FALSE },
    { "stopped", "end", "Stopped", SWITCH_DEADLINE, FALSE },
    { "release", "end", "Release", NOTICE_DEADLINE, FALSE },
};

const VfhOperation *
vfh_operation_find (const char *name, const char *phase)
{
    for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
        if (strcmp (operations[i].name, name) == 0 && strcmp (operations[i].phase, phase) == 0)
            return &operations[i];
    }
    return NULL;
}

char *
vfh_operation_tell (const VfhOperation *operation, const char *vm)
{
    if (operation->decides)
        return g_strdup_printf (_ ("libvirt starts the VM %s"), vm);
    if (strcmp (operation->name, "started") == 0)
        return g_strdup_printf (_ ("The VM %s has started"), vm);
    if (strcmp (operation->name, "stopped") == 0)
        return g_strdup_printf (_ ("The VM %s has ended"), vm);
    return g_strdup_printf (_ ("libvirt is done with the VM %s"), vm);
}
