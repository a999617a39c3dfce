/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a VM, as it is shown: its hardware and, while it runs, its guest. */
#pragma once

#include "vfc-json.h"

#include "vf-guest.h"
#include "vf-machine-facts.h"

/* Lines of the page about a VM. */
void vfc_facts_print (const VfDomainFacts *facts);
void vfc_facts_print_guest (const VfGuest *guest);

/* Members of the object that is open: "processors", "memory_kib", "disks", "interfaces",
 * "displays", "agent_channel", "inputs". */
void vfc_facts_add_json (const VfDomainFacts *facts, JsonBuilder *builder);

/* "guest": {...}; null for one that does not run. */
void vfc_facts_add_guest_json (const VfGuest *guest, JsonBuilder *builder);
