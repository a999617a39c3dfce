/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol of virtflow-services, which stops and starts the services of NVIDIA's driver and no
 * others (vf_holder_known_services). */
#pragma once

#include "vf-step.h"

/* What can be done with the unit @name; @data is the receiver's. */
typedef struct {
    /* FALSE as well where nobody is there who would run it. */
    gboolean (*runs) (const char *name, gpointer data);
    /* Return when it has ended, or runs (or there is no such unit any more, and nothing to start);
     * VF_REASON_SERVICE_FAILED when that is not reached. */
    gboolean (*stop) (const char *name, gpointer data, GError **error);
    gboolean (*start) (const char *name, gpointer data, GError **error);
} VfsUnits;

/* Carries out one step: note-services, stop-services or start-services; any other step or unit is
 * refused with VF_REASON_INTERNAL. Returns the answer of the step, which the caller owns; NULL with
 * an error. */
char *
vfs_service_carry_out (const VfsUnits *units, gpointer data, const VfStep *step, GError **error);

/* The same for the steps that come in on @socket, until the peer closes. Returns the status that
 * the program ends with. */
int vfs_service_run (int socket, const VfsUnits *units, gpointer data);
