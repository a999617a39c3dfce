/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VM as it is shown: what libvirt knows of it and which GPU the daemon lets it have. */
#pragma once

#include "vfc-json.h"
#include "vfc-table.h"

#include "vf-machine.h"
#include "vf-pairing.h"

/* The pairings; an empty array, after a word on standard error, when the daemon cannot be asked.
 * The caller owns it. */
GPtrArray *vfc_vm_pairings (VfcRun *run);

/* "vm": {...}. @pairing may be NULL. */
void vfc_vm_add_json (const VfMachine *machine, const VfPairing *pairing, JsonBuilder *builder);

/* The members of that object, which is open. */
void
vfc_vm_add_json_members (const VfMachine *machine, const VfPairing *pairing, JsonBuilder *builder);

/* "vms": [...] */
void
vfc_vm_add_json_list (const GPtrArray *machines, const GPtrArray *pairings, JsonBuilder *builder);

void vfc_vm_print_table (const VfcRun *run, const GPtrArray *machines, const GPtrArray *pairings);

/* "0000:01:00.0, from its next start on": the GPU of a pairing in words; "-" for NULL. The caller
 * owns it. */
char *vfc_vm_describe_gpu (const VfPairing *pairing);
