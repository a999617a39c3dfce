/* SPDX-License-Identifier: GPL-3.0-or-later */
/* This host as a machine file (tests/machines/README): from what the doctor was told of it, so that
 * on the machine that the tests make of it the doctor finds the same. Cards and network interfaces
 * are numbered in the order of the file, whatever their numbers are here. */
#pragma once

#include "vfc-redaction.h"

#include "vf-carried.h"
#include "vf-host-facts.h"
#include "vf-service-facts.h"
#include "vf-snapshot.h"

typedef struct {
    const char *kernel; /* its release */
    const VfSnapshot *machine;
    const VfHostFacts *host;
    const VfServiceFacts *services;
    VfCarried *carried; /* of the same machine */
} VfcMachine;

/* Whether such a file names @place, where a disk is mounted: by what many hosts have in common, and
 * "/media/anna/Backup" is somebody's. */
gboolean vfc_machine_file_has_place (const char *place);

/* The caller owns the text, from which @redaction has taken what is private. NULL with an error of
 * vfc_redaction_apply(). */
char *vfc_machine_file_write (const VfcMachine *machine, VfcRedaction *redaction, GError **error);
